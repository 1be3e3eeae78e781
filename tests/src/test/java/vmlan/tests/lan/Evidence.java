package vmlan.tests.lan;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/// Shows what was logged on the last LAN when a test has failed. The files stay in `target/lan`.
public final class Evidence implements AfterTestExecutionCallback {
    public static final Path FOLDER = Path.of("target/lan").toAbsolutePath();

    private static final int LINES = 60;

    @Override
    public void afterTestExecution(ExtensionContext context) throws IOException {
        if (context.getExecutionException().isEmpty() || !Files.isDirectory(FOLDER)) {
            return;
        }
        System.err.println("failed: " + context.getDisplayName());
        try (Stream<Path> lans = Files.list(FOLDER)) {
            Path last = lans.max(Comparator.comparingLong(lan -> lan.toFile().lastModified()))
                    .orElseThrow();
            try (Stream<Path> files = Files.walk(last)) {
                for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                    List<String> lines = Files.readAllLines(file, StandardCharsets.ISO_8859_1);
                    System.err.println("--- the end of " + file);
                    lines.stream().skip(Math.max(0, lines.size() - LINES)).forEach(System.err::println);
                }
            }
        }
    }
}
