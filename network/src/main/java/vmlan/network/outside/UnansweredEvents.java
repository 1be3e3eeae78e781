package vmlan.network.outside;

import java.util.Set;

/// Hears what [Outside#findUnanswered] has found. Frames that a handler sends are flushed by the caller.
@FunctionalInterface
public interface UnansweredEvents {
    void found(Set<StreamEnds> unanswered, long now);
}
