package vmlan.network.tcp;

/// Chooses connections by their remote's address, as in [vmlan.packet.IpAddress].
@FunctionalInterface
public interface RemotePredicate {
    boolean test(long high, long low);
}
