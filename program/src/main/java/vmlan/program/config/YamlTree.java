package vmlan.program.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.composer.Composer;
import org.snakeyaml.engine.v2.events.CollectionEndEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.parser.ParserImpl;
import org.snakeyaml.engine.v2.scanner.StreamReader;
import org.snakeyaml.engine.v2.schema.CoreSchema;
import vmlan.packet.Ipv4Address;

/// YAML 1.2 as nodes that know where they stand, and the questions that a reader asks of them. A node of the wrong kind
/// is a problem that is noted, and then as good as none.
///
/// Bounds: an alias is one more way to the same node, so nothing multiplies; readers go as deep as their own form does;
/// nesting is counted before a tree is made of it.
final class YamlTree {
    private static final int DEEPEST = 32;

    private final Problems problems;

    YamlTree(Problems problems) {
        this.problems = problems;
    }

    private static ParserImpl parser(String text) {
        return new ParserImpl(settings(), new StreamReader(settings(), text));
    }

    private static LoadSettings settings() {
        return LoadSettings.builder()
                .setSchema(new CoreSchema())
                .setAllowNonScalarKeys(true) // the reader says where they are
                .build();
    }

    /// The file's only document; empty when there is none, or it is no YAML, which is noted.
    Optional<Node> read(String text) {
        try {
            int depth = 0;
            for (ParserImpl events = parser(text); events.hasNext(); ) {
                Event event = events.next();
                if (event instanceof CollectionStartEvent && ++depth > DEEPEST) {
                    problems.add(event.getStartMark(), "this is nested too deeply", "networks.yaml has four levels");
                    return Optional.empty();
                }
                depth -= event instanceof CollectionEndEvent ? 1 : 0;
            }
            return new Composer(settings(), parser(text)).getSingleNode();
        } catch (MarkedYamlEngineException e) {
            String context = e.getContext() == null ? "" : oneLine(e.getContext()) + ": ";
            problems.add(
                    e.getProblemMark().or(e::getContextMark),
                    "this is no YAML: " + context + oneLine(e.getProblem()),
                    "see docs/networks.md for the form, and mind spaces and quotes");
        } catch (YamlEngineException e) {
            problems.add(1, 1, "this is no YAML: " + oneLine(e.getMessage()), "see docs/networks.md for the form");
        }
        return Optional.empty();
    }

    private static String oneLine(String text) {
        return String.valueOf(text).strip().replaceAll("\\s+", " ");
    }

    static boolean isNull(Node node) {
        return node.getTag().equals(Tag.NULL);
    }

    /// The entries of a mapping, by their keys. Keys that are no text, or come again, are noted and left out.
    Map<String, NodeTuple> mapping(Node node, String what) {
        Map<String, NodeTuple> entries = new LinkedHashMap<>();
        if (!(node instanceof MappingNode mapping)) {
            problems.add(node, what + " is " + kind(node), "write settings, one a line: KEY: VALUE");
            return entries;
        }
        for (NodeTuple entry : mapping.getValue()) {
            if (!(entry.getKeyNode() instanceof ScalarNode key)) {
                problems.add(entry.getKeyNode(), "a key is " + kind(entry.getKeyNode()), "write one word");
                continue;
            }
            NodeTuple first = entries.putIfAbsent(key.getValue(), entry);
            if (first != null) {
                problems.add(
                        key,
                        "'" + key.getValue() + "' comes twice; first in line " + line(first.getKeyNode()),
                        "say it once");
            }
        }
        return entries;
    }

    /// The same where only some keys are known.
    Map<String, NodeTuple> mapping(Node node, String what, List<String> known) {
        Map<String, NodeTuple> entries = mapping(node, what);
        entries.entrySet().removeIf(entry -> {
            if (known.contains(entry.getKey())) {
                return false;
            }
            problems.add(
                    entry.getValue().getKeyNode(),
                    what + " has no setting '" + entry.getKey() + "'",
                    Problems.accepted(entry.getKey(), known));
            return true;
        });
        return entries;
    }

    List<Node> list(Node node, String what, String accepted) {
        if (node instanceof SequenceNode sequence) {
            return sequence.getValue();
        }
        problems.add(node, what + " is " + kind(node), accepted);
        return List.of();
    }

    /// A list, or one thing alone.
    List<Node> listOrOne(Node node, String what, String accepted) {
        return node instanceof ScalarNode && !isNull(node) ? List.of(node) : list(node, what, accepted);
    }

    /// Numbers count as what stands there.
    Optional<String> text(Node node, String what, String accepted) {
        if (node instanceof ScalarNode scalar && !isNull(node)) {
            return Optional.of(scalar.getValue());
        }
        problems.add(node, what + " is " + kind(node), accepted);
        return Optional.empty();
    }

    /// A text that a reader of ours makes a value of; what it throws is what is wrong.
    <T> T value(Node node, String what, String accepted, Function<String, T> reader) {
        Optional<String> text = text(node, what, accepted);
        if (text.isEmpty()) {
            return null;
        }
        try {
            return reader.apply(text.get());
        } catch (IllegalArgumentException e) {
            problems.add(node, what + ": " + e.getMessage(), accepted);
            return null;
        }
    }

    Boolean flag(Node node, String what) {
        if (node instanceof ScalarNode scalar && node.getTag().equals(Tag.BOOL)) {
            return scalar.getValue().equalsIgnoreCase("true");
        }
        problems.add(node, what + " is " + kind(node), "accepted are true, false");
        return null;
    }

    Integer number(Node node, String what, int least, int most) {
        String accepted = "accepted are numbers from " + least + " to " + most;
        if (node instanceof ScalarNode scalar && node.getTag().equals(Tag.INT)) {
            String digits = scalar.getValue();
            if (digits.matches("[0-9]{1,9}") && Integer.parseInt(digits) >= least && Integer.parseInt(digits) <= most) {
                return Integer.valueOf(digits);
            }
            problems.add(node, what + " is " + digits, accepted);
            return null;
        }
        problems.add(node, what + " is " + kind(node), accepted);
        return null;
    }

    Ipv4Address ipv4(Node node, String what) {
        return value(node, what, "write an IPv4 address such as 10.20.0.10", Ipv4Address::parse);
    }

    static int line(Node node) {
        return node.getStartMark().map(mark -> mark.getLine() + 1).orElse(1);
    }

    private static String kind(Node node) {
        if (isNull(node)) {
            return "empty";
        }
        if (node instanceof ScalarNode scalar) {
            String value = oneLine(scalar.getValue());
            return "'" + (value.length() > 60 ? value.substring(0, 60) + "…" : value) + "'";
        }
        return node instanceof SequenceNode ? "a list" : "a group of settings";
    }

    /// Where a node's last line is, from 0. The end of a block in YAML's sense is the next token, comments between
    /// included; this is where its own text ends.
    static int lastLine(Node node) {
        List<Integer> lines = new ArrayList<>();
        if (node instanceof MappingNode mapping && mapping.getFlowStyle() == FlowStyle.BLOCK) {
            mapping.getValue().forEach(entry -> lines.add(lastLine(entry)));
        } else if (node instanceof SequenceNode sequence && sequence.getFlowStyle() == FlowStyle.BLOCK) {
            sequence.getValue().forEach(item -> lines.add(lastLine(item)));
        } else {
            lines.add(node.getEndMark().map(mark -> mark.getLine()).orElse(0));
        }
        return lines.stream().mapToInt(Integer::intValue).max().orElse(line(node) - 1);
    }

    /// Of an alias, the line that it stands in and not that of what it stands for.
    static int lastLine(NodeTuple entry) {
        return Math.max(lastLine(entry.getKeyNode()), lastLine(entry.getValueNode()));
    }
}
