package vmlan.program.config;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/// Puts a network's block into the text of networks.yaml, or takes it out, by whole lines: every other byte and comment
/// stays.
final class BlockEditor {
    private final String text;
    private final String newLine;
    private final List<String> lines;
    private final MappingNode root;
    private final NodeTuple networks;

    /// @param text of a file without a mistake
    BlockEditor(String text) {
        this.text = text;
        this.newLine = text.contains("\r\n") ? "\r\n" : "\n";
        this.lines = new ArrayList<>(text.isEmpty() ? List.of() : List.of(text.split("(?<=\n)", -1)));
        if (!lines.isEmpty() && lines.getLast().isEmpty()) {
            lines.removeLast();
        }
        Optional<Node> read = new YamlTree(new Problems()).read(text);
        this.root = read.orElse(null) instanceof MappingNode mapping ? mapping : null;
        this.networks = root == null ? null : entry(root, "networks");
    }

    /// What a file has that begins with its first network.
    ///
    /// @param schema where editors find it
    static String begin(String schema) {
        return """
                # The networks of vmlan; docs/networks.md describes all settings.
                # yaml-language-server: $schema=%s
                networks:
                """.formatted(schema);
    }

    private static NodeTuple entry(MappingNode mapping, String name) {
        for (NodeTuple entry : mapping.getValue()) {
            if (entry.getKeyNode() instanceof ScalarNode key && key.getValue().equals(name)) {
                return entry;
            }
        }
        return null;
    }

    /// The text with one network more.
    ///
    /// @param settings as [NetworkBlock#toJson] has them
    /// @throws IllegalArgumentException that says why it cannot be put there
    String with(String name, Map<String, Object> settings) {
        List<String> block = new ArrayList<>();
        List<String> result = new ArrayList<>(lines);
        int at;
        int indent = 2;
        if (networks == null) {
            // behind what is there: comments, or nothing
            block.add("networks:");
            at = result.size();
        } else if (YamlTree.isNull(networks.getValueNode())) {
            at = YamlTree.line(networks.getKeyNode());
        } else if (networks.getValueNode() instanceof MappingNode mapping
                && mapping.getFlowStyle() == FlowStyle.BLOCK
                && root.getFlowStyle() == FlowStyle.BLOCK) {
            indent = column(mapping.getValue().getFirst().getKeyNode());
            at = YamlTree.lastLine(mapping.getValue().getLast()) + 1;
        } else {
            throw new IllegalArgumentException("networks is written in braces");
        }
        block.add(" ".repeat(indent) + name + ":");
        BlockText.lines(settings).forEach(line -> block.add(" ".repeat(indent(networks)) + line));
        at = Math.min(at, result.size());
        if (at > 0 && !result.get(at - 1).endsWith("\n")) {
            result.set(at - 1, result.get(at - 1) + newLine);
        }
        for (int i = 0; i < block.size(); i++) {
            result.add(at + i, block.get(i) + newLine);
        }
        return String.join("", result);
    }

    /// Of a network's settings.
    private static int indent(NodeTuple networks) {
        return networks != null
                        && networks.getValueNode() instanceof MappingNode mapping
                        && !mapping.getValue().isEmpty()
                ? 2 * column(mapping.getValue().getFirst().getKeyNode())
                : 4;
    }

    private static int column(Node node) {
        return node.getStartMark().map(mark -> mark.getColumn()).orElse(0);
    }

    /// The text without a network: from its name to the last line of its settings. Comments above it stay.
    ///
    /// @throws IllegalArgumentException that says why it cannot be taken out
    String without(String name) {
        NodeTuple block = networks == null || !(networks.getValueNode() instanceof MappingNode mapping)
                ? null
                : entry(mapping, name);
        if (block == null) {
            throw new IllegalArgumentException("there is no network '" + name + "'");
        }
        if (((MappingNode) networks.getValueNode()).getFlowStyle() != FlowStyle.BLOCK) {
            throw new IllegalArgumentException("networks is written in braces");
        }
        int first = YamlTree.line(block.getKeyNode()) - 1;
        int last = Math.min(YamlTree.lastLine(block), lines.size() - 1);
        List<String> result = new ArrayList<>(lines);
        result.subList(first, last + 1).clear();
        return String.join("", result);
    }

    /// Whether a change left the other networks as they were: anchors and such may reach from one block into another.
    boolean leavesOthers(NetworksFile.Content after, String name) {
        return after.problems().isEmpty()
                && others(NetworksFile.read(text), name).equals(others(after, name));
    }

    private static Map<String, Object> others(NetworksFile.Content content, String name) {
        Map<String, Object> others = new HashMap<>();
        content.blocks().forEach((other, block) -> {
            if (!other.equals(name)) {
                others.put(other, block.toJson());
            }
        });
        return others;
    }
}
