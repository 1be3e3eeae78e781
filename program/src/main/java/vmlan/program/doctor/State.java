package vmlan.program.doctor;

import java.util.Locale;

/// How it stands with what a check looked at.
public enum State {
    OK,
    /// Something that one may want and that is not here; nothing is broken.
    NOTE,
    /// vmlan works, and something will be slow or fail.
    WARNING,
    /// This keeps vmlan from working.
    PROBLEM;

    /// As it is printed.
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
