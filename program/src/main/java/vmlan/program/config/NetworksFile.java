package vmlan.program.config;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import vmlan.program.files.Places;
import vmlan.program.message.Failure;
import vmlan.program.message.Problem;

/// `networks.yaml`: the networks that the user has described.
public final class NetworksFile {
    public static final String NAME = "networks.yaml";

    /// A line for each of a thousand reservations of sixty networks is less.
    private static final int MOST_BYTES = 1 << 20;

    private static final int MOST_NETWORKS = 64;

    /// Those that are built in and can have settings here; the others that are built in belong to a NIC.
    private static final Set<String> CONFIGURABLE = Set.of("shared", "host", "private");

    static final String NAMES = "take small letters, digits and hyphens, 63 at most; user, none, bridged, router and"
            + " what begins with bridged- or router- mean something else";

    private final Path path;

    public NetworksFile(Places places) {
        this(places.config().resolve(NAME));
    }

    NetworksFile(Path path) {
        this.path = path;
    }

    public Path path() {
        return path;
    }

    /// What the file says, and all that is wrong with it.
    ///
    /// @param exists whether there is one
    /// @param mentioned the names of all networks that it has a block of, also of a wrong one; null when it is no
    ///     YAML, so that nobody knows
    /// @param blocks those without a mistake
    public record Content(
            boolean exists, Set<String> mentioned, Map<String, NetworkBlock> blocks, List<Problem> problems) {
        public static final Content NONE = new Content(false, Set.of(), Map.of(), List.of());

        public Optional<NetworkBlock> block(String name) {
            return Optional.ofNullable(blocks.get(name));
        }

        /// Whether what it says of a network is not known for its mistakes.
        public boolean isUnclear(String name) {
            return !problems.isEmpty() && (mentioned == null || mentioned.contains(name));
        }
    }

    /// Whether there is one, without a look into it: most have none, and no library is loaded then.
    public boolean exists() {
        return Files.exists(path);
    }

    /// One that cannot be read is as good as one with a mistake.
    public Content read() {
        try {
            return exists() ? read(bytes(path)) : Content.NONE;
        } catch (NoSuchFileException e) {
            return Content.NONE;
        } catch (IOException e) {
            return wrong("the file cannot be read: " + Places.reason(e), "check its kind and permissions");
        }
    }

    private static Content wrong(String what, String remedy) {
        return new Content(true, null, Map.of(), List.of(new Problem(1, 1, what, remedy)));
    }

    static byte[] bytes(Path path) throws IOException {
        if (!Files.isRegularFile(path)) {
            throw new IOException("it is no file");
        }
        try (var in = Files.newInputStream(path)) {
            return in.readNBytes(MOST_BYTES + 1);
        }
    }

    /// What a text would say as the file.
    public static Content read(byte[] bytes) {
        if (bytes.length > MOST_BYTES) {
            return wrong("the file has more than a mebibyte", "make it shorter");
        }
        try {
            return read(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString());
        } catch (CharacterCodingException e) {
            return wrong("the file is no UTF-8", "save it as UTF-8");
        }
    }

    static Content read(String text) {
        Problems problems = new Problems();
        YamlTree tree = new YamlTree(problems);
        Optional<Node> root = tree.read(text);
        if (root.isEmpty() || YamlTree.isNull(root.get())) {
            return new Content(true, problems.count() > 0 ? null : Set.of(), Map.of(), problems.all());
        }
        Map<String, NodeTuple> top = tree.mapping(root.get(), "the file", List.of("networks"));
        Map<String, NodeTuple> networks = networks(top, tree);
        Map<String, NetworkBlock> blocks = new LinkedHashMap<>();
        Set<String> mentioned = new LinkedHashSet<>(networks.keySet());
        int left = MOST_NETWORKS;
        for (Map.Entry<String, NodeTuple> entry : networks.entrySet()) {
            Node key = entry.getValue().getKeyNode();
            if (left-- == 0) {
                problems.add(key, "these are more than " + MOST_NETWORKS + " networks", "leave some away");
                break;
            }
            if (isName(entry.getKey(), key, problems)) {
                NetworkBlock block = BlockReader.read(
                        tree, problems, entry.getKey(), key, entry.getValue().getValueNode());
                if (block != null) {
                    blocks.put(entry.getKey(), block);
                }
            }
        }
        Clashes.find(blocks, networks, problems).forEach(blocks::remove);
        return new Content(true, mentioned, Map.copyOf(blocks), problems.all());
    }

    private static Map<String, NodeTuple> networks(Map<String, NodeTuple> top, YamlTree tree) {
        NodeTuple networks = top.get("networks");
        return networks == null || YamlTree.isNull(networks.getValueNode())
                ? Map.of()
                : tree.mapping(networks.getValueNode(), "networks");
    }

    private static boolean isName(String name, Node key, Problems problems) {
        if (!isName(name)) {
            problems.add(key, "no network can be called '" + name + "'", NAMES);
            return false;
        }
        return true;
    }

    static boolean isName(String name) {
        return CONFIGURABLE.contains(name) || NetworkName.isFree(name);
    }

    /// All that is wrong, as a command says it that cannot go on.
    public Failure failure(Content content) {
        List<Problem> problems = new ArrayList<>(content.problems());
        return Failure.configuration(
                NAME,
                problems,
                path + (problems.size() == 1 ? " has a mistake" : " has " + problems.size() + " mistakes"),
                "mend the file; docs/networks.md has all settings; to look again: vmlan network check");
    }

    /// The same in a line, for commands that go on.
    public String warning(Content content) {
        List<Problem> problems = content.problems();
        return problems.getFirst().text(NAME)
                + (problems.size() > 1 ? " (and " + (problems.size() - 1) + " more: vmlan network check)" : "");
    }
}
