package vmlan.program.serve;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import vmlan.network.dns.FixedNames;
import vmlan.network.dns.LocalNames;
import vmlan.packet.IpAddress;
import vmlan.program.config.NamedAddresses;

/// The names of `network set --name`, as they are now. One without a dot counts within the network's domain, too,
/// where a guest's resolver looks for it first.
final class ChosenNames implements LocalNames {
    private FixedNames names = FixedNames.NONE;

    void set(List<NamedAddresses> chosen) {
        Map<String, List<IpAddress>> known = new LinkedHashMap<>();
        for (NamedAddresses name : chosen) {
            known.put(name.name(), name.addresses());
            if (name.name().indexOf('.') < 0) {
                known.put(name.name() + "." + NetworkSettings.DOMAIN, name.addresses());
            }
        }
        names = new FixedNames(known);
    }

    @Override
    public List<IpAddress> addressesOf(String name) {
        return names.addressesOf(name);
    }

    @Override
    public List<String> namesOf(IpAddress address) {
        return names.namesOf(address);
    }
}
