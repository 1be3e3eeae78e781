package vmlan.program.config;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/// What two networks of the file cannot both have.
final class Clashes {
    private Clashes() {}

    /// Notes each at the later one.
    ///
    /// @param nodes of the file, in its order
    /// @return the names of those later ones
    static Set<String> find(Map<String, NetworkBlock> blocks, Map<String, NodeTuple> nodes, Problems problems) {
        Set<String> clashing = new HashSet<>();
        List<NetworkBlock> earlier = new ArrayList<>();
        for (NetworkBlock block : blocks.values()) {
            for (NetworkBlock other : earlier) {
                int before = problems.count();
                clash(block, other, nodes.get(block.name().text()), problems);
                if (problems.count() > before) {
                    clashing.add(block.name().text());
                }
            }
            earlier.add(block);
        }
        return clashing;
    }

    private static void clash(NetworkBlock block, NetworkBlock other, NodeTuple node, Problems problems) {
        String whose = other.name().text() + " (line " + other.line() + ")";
        if (block.ipv4() != null && other.ipv4() != null && block.ipv4().overlaps(other.ipv4())) {
            problems.add(
                    setting(node, "ipv4"),
                    "ipv4 " + block.ipv4() + " overlaps " + other.ipv4() + " of " + whose,
                    "take another network");
        }
        if (block.ipv6() != null && block.ipv6().equals(other.ipv6())) {
            problems.add(
                    setting(node, "ipv6"), "ipv6 " + block.ipv6() + " is that of " + whose, "take another network");
        }
        String nic = block.name().nic();
        if (nic != null && nic.equals(other.name().nic())) {
            problems.add(
                    setting(node, "interface"),
                    "the NIC " + nic + " is that of " + whose,
                    "take another one; one network can have many guests");
        }
    }

    private static Node setting(NodeTuple block, String setting) {
        if (block.getValueNode() instanceof MappingNode mapping) {
            for (NodeTuple entry : mapping.getValue()) {
                if (entry.getKeyNode() instanceof ScalarNode key
                        && key.getValue().equals(setting)) {
                    return entry.getValueNode();
                }
            }
        }
        return block.getKeyNode();
    }
}
