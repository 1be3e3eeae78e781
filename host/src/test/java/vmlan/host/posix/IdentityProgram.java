package vmlan.host.posix;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;

/// What a test runs as root with `VMLAN_OWNER`, since it changes whose the process is. Says what it sees, a line each.
final class IdentityProgram {
    private IdentityProgram() {}

    public static void main(String[] arguments) throws Exception {
        Path folder = Path.of(arguments[1]);
        Identity identity = Identity.ofEnvironment().orElseThrow();
        CountDownLatch end = new CountDownLatch(1);
        for (int i = 0; i < 4; i++) {
            Thread.ofPlatform().daemon().start(() -> await(end));
        }
        switch (arguments[0]) {
            case "act" -> act(identity, folder);
            case "become" -> become(identity, folder);
            default -> throw new IllegalArgumentException(arguments[0]);
        }
        end.countDown();
    }

    private static void await(CountDownLatch end) {
        try {
            end.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void act(Identity identity, Path folder) throws Exception {
        identity.actAsOwner();
        say("acting", threads());
        Files.createFile(folder.resolve("acting"));
        identity.asRoot(() -> {
            say("as root", threads());
            return Files.createFile(folder.resolve("as-root"));
        });
        say("after", threads());
        try {
            identity.asRoot(() -> {
                identity.asRoot(() -> say("in one another", threads()));
                say("the outer one goes on", threads());
                throw new IOException("thrown");
            });
        } catch (IOException e) {
            System.out.println("caught: " + e.getMessage());
        }
        say("after an exception", threads());
        Files.createFile(folder.resolve("after"));
        child(folder, "child");
        // what a Java that is started from here begins with
        Identity.ofEnvironment().orElseThrow().actAsOwner();
        say("acting again", threads());
    }

    private static void become(Identity identity, Path folder) throws Exception {
        identity.actAsOwner();
        identity.becomeOwner();
        say("owner", threads());
        Files.createFile(folder.resolve("owner"));
        child(folder, "child");
        Thread.ofPlatform().start(() -> {}).join();
        say("with new threads", threads());
        try {
            identity.asRoot(() -> say("root is back", Set.of()));
        } catch (IdentityException e) {
            System.out.println("refused: " + e.getMessage());
        }
        System.out.println("owned: " + Identity.ofEnvironment().isEmpty());
    }

    /// Of the C library's own making and not a shell, some of which change who they are.
    private static void child(Path folder, String name) throws IOException, InterruptedException {
        Process touch = new ProcessBuilder("touch", folder.resolve(name).toString()).start();
        if (touch.waitFor() != 0) {
            throw new IOException("touch ended with " + touch.exitValue());
        }
        Process grep = new ProcessBuilder("grep", "-E", "^(Uid|Gid|Groups|CapEff|CapPrm)", "/proc/self/status").start();
        say(name, Set.of(facts(new String(grep.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))));
    }

    /// What all threads of this process are: one line where they agree.
    private static Set<String> threads() throws IOException {
        Set<String> facts = new TreeSet<>();
        try (Stream<Path> tasks = Files.list(Path.of("/proc/self/task"))) {
            for (Path task : tasks.toList()) {
                try {
                    facts.add(facts(Files.readString(task.resolve("status"))));
                } catch (IOException e) {
                    if (Files.exists(task)) {
                        throw e;
                    }
                    // it ended meanwhile
                }
            }
        }
        return facts;
    }

    private static String facts(String status) {
        List<String> facts = new ArrayList<>();
        for (String line : status.split("\n")) {
            if (line.matches("(Uid|Gid|Groups|CapEff|CapPrm):.*")) {
                facts.add(line.strip().replaceAll("\\s+", " "));
            }
        }
        return String.join("; ", facts);
    }

    private static Void say(String when, Set<String> facts) {
        System.out.println(when + ": " + String.join(" AND ", facts));
        return null;
    }
}
