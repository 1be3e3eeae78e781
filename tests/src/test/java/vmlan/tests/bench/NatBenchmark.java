package vmlan.tests.bench;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import vmlan.tests.nat.TestInternet;

/// `./dev bench nat`: a guest at native speed behind our NAT and behind others.
class NatBenchmark {
    private static final Path RESULT = Path.of("target/bench/nat.txt").toAbsolutePath();

    private static final int ROUNDS = Integer.getInteger("bench.rounds", 3);
    private static final int SECONDS = Integer.getInteger("bench.seconds", 4);
    private static final List<Nat> NATS = Nat.named(System.getProperty("bench.nats", "vmlan,passt,slirp4netns"));
    private static final List<Integer> MTUS = Stream.of(
                    System.getProperty("bench.mtus", "1500,65520").split(","))
            .map(Integer::valueOf)
            .toList();

    /// A load that a peer fails at is told and has no figure; one of ours fails the benchmark in the end.
    @Test
    void compare() throws Exception {
        Medians medians = new Medians(NATS);
        List<String> failures = new ArrayList<>();
        for (int round = 1; round <= ROUNDS; round++) {
            for (int mtu : MTUS) {
                List<Load> loads = Load.all(MTUS).stream()
                        .filter(load -> load.mtu() == mtu)
                        .toList();
                for (Nat nat : NATS) {
                    if (nat.takes(mtu)) {
                        say("round " + round + " of " + ROUNDS + ": " + nat.title() + ", MTU " + mtu);
                        measure(nat, loads, medians, failures);
                    }
                }
            }
        }
        StringWriter text = new StringWriter();
        PrintWriter out = new PrintWriter(text);
        out.println(machine());
        out.println(ROUNDS + " rounds of " + SECONDS + " s each, interleaved, each warmed up: median (least–most)");
        out.println();
        medians.print(out);
        failures.forEach(out::println);
        if (NATS.contains(Nat.OURS) && !Boolean.getBoolean("bench.noprofile")) {
            out.println();
            Profile.print(out, SECONDS);
        }
        out.flush();
        Files.createDirectories(RESULT.getParent());
        Files.writeString(RESULT, text.toString());
        say("\n" + text + "\nall of it is in " + RESULT);
        if (failures.stream().anyMatch(line -> line.startsWith(Nat.OURS.title()))) {
            throw new AssertionError(String.join("\n", failures));
        }
    }

    private static void measure(Nat nat, List<Load> loads, Medians medians, List<String> failures) throws Exception {
        // New namespaces each time, so that nothing of one is left for the next.
        try (TestInternet internet = TestInternet.create()) {
            Load.serve(internet);
            try (Nat.Running running = nat.start(internet, loads.getFirst().mtu())) {
                warmUp(internet, running, loads);
                for (Load load : loads) {
                    try {
                        Load.Result result = load.run(internet, running.pid(), SECONDS);
                        medians.add(load, nat, result);
                        say("  %-34s %10.3f  CPU %.3f".formatted(load.title(), result.value(), result.cost()));
                    } catch (IOException | AssertionError e) {
                        failures.add(nat.title() + ", " + load.title() + ": " + e.getMessage());
                        say("  " + load.title() + ": failed: " + e.getMessage());
                    }
                }
            }
        }
    }

    /// What has run for hours in a user's life is compiled, and its windows are open; the same for all.
    private static void warmUp(TestInternet internet, Nat.Running running, List<Load> loads)
            throws InterruptedException {
        for (Load load : loads) {
            if (load.count() > 1) {
                try {
                    load.run(internet, running.pid(), SECONDS);
                } catch (IOException | AssertionError e) {
                    say("  warming up, " + load.title() + ": failed: " + e.getMessage());
                }
            }
        }
    }

    private static String machine() throws IOException, InterruptedException {
        String processor;
        try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
            processor = lines.filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 2))
                    .findFirst()
                    .orElse(System.getProperty("os.arch"));
        }
        List<String> versions = new ArrayList<>();
        for (Nat nat : NATS) {
            versions.add(nat.title() + ": " + nat.version());
        }
        return "%s\n%d × %s, Linux %s, Java %s, load before %s\n%s"
                .formatted(
                        LocalDate.now(java.time.ZoneOffset.UTC),
                        Runtime.getRuntime().availableProcessors(),
                        processor,
                        System.getProperty("os.version"),
                        Runtime.version(),
                        Files.readString(Path.of("/proc/loadavg"), StandardCharsets.US_ASCII)
                                .split(" ")[0],
                        String.join("; ", versions));
    }

    private static void say(String line) {
        System.out.println(line);
    }
}
