package vmlan.program.config;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import vmlan.program.files.FileLock;
import vmlan.program.files.Places;
import vmlan.program.files.WholeFile;
import vmlan.program.message.Failure;
import vmlan.program.message.Problem;

/// Changes of networks.yaml by commands: one at a time, looked at before they are written, and written whole.
public final class NetworksFileChange {
    private static final String SCHEMA = "networks.schema.json";

    private final Places places;
    private final NetworksFile file;

    public NetworksFileChange(Places places) {
        this.places = places;
        this.file = new NetworksFile(places);
    }

    /// The JSON Schema of the file.
    public static String schema() {
        try (InputStream in = NetworksFileChange.class.getResourceAsStream("/vmlan/program/" + SCHEMA)) {
            return new String(in.readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException("the program lacks its own file " + SCHEMA, e);
        }
    }

    /// Writes a network down.
    ///
    /// @param settings as they are to stand there; what is wrong with them is said
    public NetworkBlock create(String name, Map<String, Object> settings) throws Failure {
        if (!NetworksFile.isName(name)) {
            throw Failure.usage("no network can be called '" + name + "'", NetworksFile.NAMES);
        }
        try (FileLock lock = FileLock.take(places.state("networks").resolve("networks-yaml.lock"))) {
            NetworksFile.Content content = sound();
            if (content.mentioned().contains(name)) {
                throw Failure.usage(
                        "the network '" + name + "' is in " + file.path() + " already",
                        "change it there, or remove it first: vmlan network rm " + name);
            }
            String before = file.exists() ? text() : BlockEditor.begin(SCHEMA);
            BlockEditor editor = new BlockEditor(before);
            String after = added(editor, name, settings);
            NetworksFile.Content fresh = NetworksFile.read(after);
            if (!fresh.problems().isEmpty()) {
                throw refused(fresh.problems());
            }
            if (!editor.leavesOthers(fresh, name)) {
                throw byHand("would change other networks, too", BlockText.lines(settings), name);
            }
            places.configMade();
            writeSchema();
            WholeFile.rewrite(file.path(), after.getBytes(UTF_8));
            return fresh.blocks().get(name);
        } catch (IOException e) {
            throw Failure.world("cannot write " + file.path() + ": " + Places.reason(e), "make room for it", e);
        }
    }

    private static String added(BlockEditor editor, String name, Map<String, Object> settings) throws Failure {
        try {
            return editor.with(name, settings);
        } catch (IllegalArgumentException e) {
            throw byHand("is not possible here: " + e.getMessage(), BlockText.lines(settings), name);
        }
    }

    private static Failure byHand(String why, List<String> lines, String name) {
        return Failure.usage(
                "to add a network to " + NetworksFile.NAME + " " + why,
                "write it yourself: " + name + ": {" + String.join(", ", lines) + "}");
    }

    private static Failure refused(List<Problem> problems) {
        return Failure.usage(
                problems.stream().map(Problem::what).collect(Collectors.joining("; ")),
                problems.stream().map(Problem::remedy).distinct().collect(Collectors.joining("; ")));
    }

    /// Takes a network out; nothing where there is none.
    public void remove(String name) throws Failure {
        try (FileLock lock = FileLock.take(places.state("networks").resolve("networks-yaml.lock"))) {
            if (sound().mentioned().contains(name)) {
                WholeFile.rewrite(file.path(), without(name).getBytes(UTF_8));
            }
        } catch (IOException e) {
            throw Failure.world("cannot write " + file.path() + ": " + Places.reason(e), "make room for it", e);
        }
    }

    /// Whether [#remove] could, for whoever does more before.
    ///
    /// @throws Failure it could not
    public void checkRemoval(String name) throws Failure {
        try {
            if (sound().mentioned().contains(name)) {
                without(name);
            }
        } catch (IOException e) {
            throw Failure.world("cannot read " + file.path() + ": " + Places.reason(e), "check its permissions", e);
        }
    }

    private String without(String name) throws IOException, Failure {
        try {
            BlockEditor editor = new BlockEditor(text());
            String after = editor.without(name);
            if (!editor.leavesOthers(NetworksFile.read(after), name)) {
                throw new IllegalArgumentException("other networks would change, too");
            }
            return after;
        } catch (IllegalArgumentException e) {
            throw Failure.usage(
                    "to take '" + name + "' out of " + file.path() + " is not possible here: " + e.getMessage(),
                    "remove it there yourself");
        }
    }

    /// Nothing is put into a file of which nobody knows what it says.
    private NetworksFile.Content sound() throws Failure {
        NetworksFile.Content content = file.read();
        if (!content.problems().isEmpty()) {
            throw file.failure(content);
        }
        return content;
    }

    private String text() throws IOException {
        return new String(NetworksFile.bytes(file.path()), UTF_8);
    }

    /// Beside the file, where its first line says that editors find it.
    private void writeSchema() throws IOException {
        Path path = file.path().resolveSibling(SCHEMA);
        byte[] bytes = schema().getBytes(UTF_8);
        if (!Files.exists(path) || !Arrays.equals(Files.readAllBytes(path), bytes)) {
            WholeFile.rewrite(path, bytes);
        }
    }
}
