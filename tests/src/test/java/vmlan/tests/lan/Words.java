package vmlan.tests.lan;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A command, run to its end with a limit.
public record Words(List<String> words) {
    public static final Duration LIMIT = Duration.ofSeconds(300);

    public static Words of(String... words) {
        return new Words(List.of(words));
    }

    /// What it printed, both streams in one.
    public record Output(int exitCode, String text) {}

    /// The output, of a command that must succeed.
    public String good() throws IOException, InterruptedException {
        Output output = run();
        if (output.exitCode() != 0) {
            throw new AssertionError(String.join(" ", words) + ": exit " + output.exitCode() + "\n" + output.text());
        }
        return output.text().strip();
    }

    public Output run() throws IOException, InterruptedException {
        Path out = Files.createTempFile("vmlan-lan", ".out");
        Process process = start(out);
        try {
            if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                throw new AssertionError(
                        String.join(" ", words) + " is still running after " + LIMIT + "\n" + Files.readString(out));
            }
            return new Output(process.exitValue(), Files.readString(out));
        } finally {
            process.destroyForcibly();
            Files.delete(out);
        }
    }

    /// One that goes on; it is the caller's to end it.
    public Process start(Path out) throws IOException {
        return new ProcessBuilder(words)
                .redirectInput(new File("/dev/null"))
                .redirectErrorStream(true)
                .redirectOutput(out.toFile())
                .start();
    }
}
