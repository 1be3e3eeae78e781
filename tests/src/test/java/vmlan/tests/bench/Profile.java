package vmlan.tests.bench;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordedStackTrace;
import jdk.jfr.consumer.RecordingFile;
import vmlan.program.message.Failure;
import vmlan.tests.lan.Words;
import vmlan.tests.nat.TestInternet;

/// Where our network process spends its time under load: samples of the flight recorder, by top frame.
final class Profile {
    private static final int LINES = 15;

    private Profile() {}

    static void print(PrintWriter out, int seconds) throws IOException, InterruptedException, Failure {
        for (Load load : List.of(
                new Load(Load.Kind.UP, 1500, 1),
                new Load(Load.Kind.DOWN, 1500, 1),
                new Load(Load.Kind.CONNECTIONS, 1500, 8))) {
            try (TestInternet internet = TestInternet.create()) {
                Load.serve(internet);
                try (Nat.Running running = Nat.OURS.start(internet, load.mtu())) {
                    // the code is compiled afterwards
                    load.run(internet, running.pid(), seconds);
                    Path file = internet.folder().resolve("profile.jfr");
                    jcmd(running, "JFR.start", "name=load", "settings=profile", "filename=" + file);
                    load.run(internet, running.pid(), Math.max(seconds, 5));
                    jcmd(running, "JFR.stop", "name=load");
                    out.println("profile, " + load.title());
                    print(out, RecordingFile.readAllEvents(file));
                }
            }
        }
    }

    private static void jcmd(Nat.Running running, String... words) throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString()));
        all.add(Long.toString(running.pid()));
        all.addAll(List.of(words));
        new Words(all).good();
        TimeUnit.MILLISECONDS.sleep(1);
    }

    /// Java's frames and the system calls under them; a thread that waits for events is not at work.
    private static void print(PrintWriter out, List<RecordedEvent> events) {
        Map<String, Long> frames = events.stream()
                .filter(event -> event.getEventType().getName().equals("jdk.ExecutionSample")
                        || event.getEventType().getName().equals("jdk.NativeMethodSample"))
                .map(RecordedEvent::getStackTrace)
                .filter(stack -> stack != null && !stack.getFrames().isEmpty())
                .map(Profile::top)
                .filter(frame -> !frame.startsWith("sun.nio.ch.EPoll.wait"))
                .collect(Collectors.groupingBy(frame -> frame, Collectors.counting()));
        double all = frames.values().stream().mapToLong(Long::longValue).sum();
        frames.entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
                .limit(LINES)
                .forEach(
                        entry -> out.println("  %5.1f %%  %s".formatted(100 * entry.getValue() / all, entry.getKey())));
    }

    /// The top frame, and the first of ours below it.
    private static String top(RecordedStackTrace stack) {
        String top = name(stack.getFrames().getFirst());
        return stack.getFrames().stream()
                .map(Profile::name)
                .filter(name -> name.startsWith("vmlan."))
                .findFirst()
                .filter(ours -> !ours.equals(top))
                .map(ours -> top + "  ◀ " + ours)
                .orElse(top);
    }

    private static String name(RecordedFrame frame) {
        return frame.getMethod().getType().getName() + "." + frame.getMethod().getName();
    }
}
