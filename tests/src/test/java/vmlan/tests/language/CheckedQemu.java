package vmlan.tests.language;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/// A real QEMU that only looks at command lines: it starts with its processor stopped and is told to quit as soon as it
/// has found everything good. It runs as nobody, in network and mount namespaces of its own, so that a tap, a helper or
/// a script of a line comes to nothing; a folder of the test's is the only one that it can write to.
final class CheckedQemu {
    private static final int LIMIT_SECONDS = 1200;
    private static final String QUIT = "{\"execute\":\"qmp_capabilities\"}{\"execute\":\"quit\"}";
    static final List<String> STANDING_STILL = List.of("-S", "-display", "none", "-qmp", "stdio");

    /// What one line came to.
    ///
    /// @param errors its standard error
    record Outcome(int status, List<String> errors) {}

    private final Path binary;
    private final Path folder;

    /// @param folder in which relative paths of the lines begin, below /tmp
    CheckedQemu(Path binary, Path folder) {
        this.binary = binary;
        this.folder = folder;
    }

    /// @param lines each without the program's name; looked at in two namespaces at once
    List<Outcome> check(List<List<String>> lines) throws IOException, InterruptedException {
        int half = lines.size() / 2;
        List<Outcome> outcomes = new ArrayList<>();
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            var first = executor.submit(() -> checkInOneNamespace(lines.subList(0, half)));
            var second = executor.submit(() -> checkInOneNamespace(lines.subList(half, lines.size())));
            outcomes.addAll(first.get());
            outcomes.addAll(second.get());
        } catch (ExecutionException e) {
            throw new IOException(e.getCause());
        }
        return outcomes;
    }

    private List<Outcome> checkInOneNamespace(List<List<String>> lines) throws IOException, InterruptedException {
        Path work = Files.createTempDirectory(Path.of("/tmp"), "vmlan-check-");
        try {
            Files.setPosixFilePermissions(work, PosixFilePermissions.fromString("rwxrwxrwx"));
            Path script = Files.writeString(work.resolve("lines.sh"), script(lines, work));
            run(List.of("unshare", "--net", "--mount", "sh", "-ec", namespace(), "sh", script.toString()), work);
            List<Outcome> outcomes = new ArrayList<>();
            for (int i = 0; i < lines.size(); i++) {
                int status = Integer.parseInt(
                        Files.readString(work.resolve(i + ".rc")).strip());
                outcomes.add(new Outcome(status, Files.readAllLines(work.resolve(i + ".err"))));
            }
            return outcomes;
        } finally {
            try (var files = Files.list(work)) {
                for (Path file : files.toList()) {
                    Files.delete(file);
                }
            }
            Files.delete(work);
        }
    }

    private String script(List<List<String>> lines, Path work) {
        StringBuilder script = new StringBuilder("cd " + quoted(folder.toString()) + "\n");
        for (int i = 0; i < lines.size(); i++) {
            List<String> words = new ArrayList<>(List.of("timeout", "180", binary.toString()));
            words.addAll(lines.get(i));
            script.append("printf %s ")
                    .append(quoted(QUIT))
                    .append(" | ")
                    .append(words.stream().map(CheckedQemu::quoted).collect(Collectors.joining(" ")))
                    .append(" >/dev/null 2>%s/%d.err; echo $? >%s/%d.rc\n".formatted(work, i, work, i));
        }
        return script.toString();
    }

    /// A tap's device is as a system has it, open to all. Nobody has to reach the program, and folders of root's may
    /// be in the way: below the first closed one only the program's own is left.
    private String namespace() {
        String lead = """
                ip link set lo up
                mkdir -p /dev/net
                mount -t tmpfs -o mode=755 tmpfs /dev/net
                mknod -m 666 /dev/net/tun c 10 200
                """;
        Path closed = firstClosed(binary.getParent());
        if (closed != null) {
            Path own = binary.getParent().getParent();
            lead += """
                    hold=$(mktemp -d)
                    mount --bind %1$s "$hold"
                    mount -t tmpfs -o mode=755 tmpfs %2$s
                    mkdir -p %1$s
                    mount --move "$hold" %1$s
                    rmdir "$hold"
                    """.formatted(quoted(own.toString()), quoted(closed.toString()));
        }
        return lead
                + "exec setpriv --reuid=65534 --regid=65534 --clear-groups --bounding-set=-all --no-new-privs sh \"$1\"";
    }

    private static Path firstClosed(Path folder) {
        try {
            for (int i = 1; i <= folder.getNameCount(); i++) {
                Path part = folder.getRoot().resolve(folder.subpath(0, i));
                if (!PosixFilePermissions.toString(Files.getPosixFilePermissions(part))
                        .endsWith("x")) {
                    return part;
                }
            }
            return null;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void run(List<String> command, Path work) throws IOException, InterruptedException {
        Path log = work.resolve("log");
        Process process = new ProcessBuilder(command)
                .redirectInput(Redirect.from(Path.of("/dev/null").toFile()))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                throw new IOException("the lines took more than " + LIMIT_SECONDS + " s");
            }
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
        if (process.exitValue() != 0) {
            throw new IOException("exit status " + process.exitValue() + ": " + Files.readString(log));
        }
    }

    static String quoted(String word) {
        return "'" + word.replace("'", "'\\''") + "'";
    }
}
