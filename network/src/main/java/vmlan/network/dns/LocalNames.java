package vmlan.network.dns;

import java.util.List;
import vmlan.packet.IpAddress;

/// Names that are known here, as they are at this moment: guests, those of the configuration, the host's own file.
public interface LocalNames {
    /// The addresses of a name.
    ///
    /// @param name in lower case, without the final dot
    /// @return null when there is no such name; none when it has no address now
    List<IpAddress> addressesOf(String name);

    /// The names of an address, the one to be preferred first; none when it has none.
    List<String> namesOf(IpAddress address);
}
