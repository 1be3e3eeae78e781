package vmlan.program.doctor;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import vmlan.program.message.ShellWords;

/// vmlan itself, and the Java that runs it.
final class ProgramChecks {
    private static final String NAME = "vmlan";
    private static final String WHY = "the start-up cache makes each command start in a fraction of the time";

    private final Host host;
    private final String version;

    ProgramChecks(Host host, String version) {
        this.host = host;
        this.version = version;
    }

    List<Check> all() {
        return List.of(new Check(NAME, WHY, () -> List.of(program())));
    }

    private Finding program() throws IOException {
        String found = version + ", Java " + host.property("java.version") + " (" + host.property("java.home") + ")";
        Optional<Path> cache = cache();
        if (cache.isEmpty()) {
            return Finding.note(
                    NAME,
                    found + ", without a start-up cache",
                    WHY,
                    "build anew, then read build.log there: rm -r " + word(buildFolder()) + " && "
                            + word(host.property("vmlan.launcher")) + " --version");
        }
        // The JVM takes a cache only when it is of this very Java and class path; then it is mapped.
        Path maps = Path.of("/proc/self/maps");
        if (host.facts(maps).isPresent()
                && !host.text(maps).contains(cache.get().getFileName().toString())) {
            return Finding.note(
                    NAME,
                    found + ", with a start-up cache that is not used",
                    WHY,
                    "build anew: rm -r " + word(buildFolder()) + " && " + word(host.property("vmlan.launcher"))
                            + " --version");
        }
        return Finding.ok(NAME, found + ", with its start-up cache", WHY);
    }

    /// Beside the folder of the jars, where setup/build.sh puts it.
    private Optional<Path> cache() throws IOException {
        String first = host.property("java.class.path").split(":", 2)[0];
        Path jars = Path.of(first).getParent();
        if (jars == null || jars.getParent() == null) {
            return Optional.empty();
        }
        Path cache = jars.resolveSibling("commands.aot");
        return host.facts(cache).map(facts -> cache);
    }

    private static String word(String text) {
        return ShellWords.join(List.of(text));
    }

    private String buildFolder() {
        Path jars = Path.of(host.property("java.class.path").split(":", 2)[0]).getParent();
        Path build = jars == null ? null : jars.getParent();
        return build == null ? "build" : String.valueOf(build.getParent());
    }
}
