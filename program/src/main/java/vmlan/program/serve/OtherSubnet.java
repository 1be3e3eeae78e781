package vmlan.program.serve;

import vmlan.program.config.DefinedName;
import vmlan.program.config.NetworkBlock;
import vmlan.program.config.NetworksFile;

/// What to do so that a network gets other addresses than those it has, in a line.
public final class OtherSubnet {
    private OtherSubnet() {}

    /// Of one that networks.yaml describes, `network rm` would take the user's own words away, and where they say ipv4
    /// nothing is chosen.
    ///
    /// @param block what networks.yaml says of it; null: nothing
    public static String cure(String name, NetworkBlock block) {
        if (block == null && DefinedName.read(name).isPresent()) {
            return "stop its VMs and forget it: vmlan network rm " + name;
        }
        if (block == null) {
            return "stop its VMs and have " + name + " choose anew: vmlan network rm " + name;
        }
        String place = NetworksFile.NAME + (block.line() == 0 ? "" : ":" + block.line());
        return (block.ipv4() == null
                        ? "give " + name + " an ipv4 of its own in "
                        : "choose another ipv4 for " + name + " in ")
                + place + ", then: vmlan network stop " + name + " && vmlan network start " + name;
    }
}
