package vmlan.host;

import vmlan.network.outside.OutsideDatagrams;

/// A UDP port of the host: of a published port. What is sent comes from the address that it is bound to.
public interface BoundDatagrams extends OutsideDatagrams {
    /// The port that it has.
    int udpPort();
}
