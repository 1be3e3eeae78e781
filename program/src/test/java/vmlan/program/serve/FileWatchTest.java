package vmlan.program.serve;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FileWatchTest {
    @TempDir
    private Path home;

    private final BlockingQueue<String> seen = new LinkedBlockingQueue<>();

    private FileWatch watch(Path file) throws IOException {
        return new FileWatch(file, () -> seen.add(content(file)), new NetworkLog(home.resolve("log")));
    }

    private static String content(Path file) {
        try {
            return Files.exists(file) ? Files.readString(file) : "none";
        } catch (IOException e) {
            return "none";
        }
    }

    /// Other looks, which see what was there before, may come in between.
    private void await(String content) throws InterruptedException {
        String last = "";
        while (!content.equals(last)) {
            last = seen.poll(50, TimeUnit.SECONDS);
            assertThat(last).as("a look that sees " + content).isNotNull();
        }
    }

    @Test
    void theFileIsSeenAtOnceAndWheneverItChanges() throws Exception {
        Path file = Files.writeString(home.resolve("file"), "first");
        try (FileWatch watch = watch(file)) {
            await("first");
            Files.writeString(file, "second");
            await("second");
            Files.move(Files.writeString(home.resolve("other"), "third"), home.resolve("third"));
            Files.delete(file);
            await("none");
            Files.move(home.resolve("third"), file);
            await("third");
        }
    }

    @Test
    void itsFoldersMayComeLaterAndGo() throws Exception {
        Path file = home.resolve("a/b/file");
        try (FileWatch watch = watch(file)) {
            await("none");
            Files.createDirectories(file.getParent());
            Files.writeString(file, "here");
            await("here");
            Files.delete(file);
            Files.delete(file.getParent());
            await("none");
            Files.createDirectories(file.getParent());
            Files.writeString(file, "again");
            await("again");
        }
    }

    @Test
    void theFileThatALinkLeadsToIsWatchedToo() throws Exception {
        Path real = Files.writeString(
                Files.createDirectory(home.resolve("dotfiles")).resolve("real"), "one");
        Path file = Files.createSymbolicLink(
                Files.createDirectory(home.resolve("config")).resolve("file"), real);
        try (FileWatch watch = watch(file)) {
            await("one");
            Files.writeString(real, "two");
            await("two");
        }
    }

    @Test
    void withoutAWatchTheFileIsLookedAt() throws Exception {
        Path file = home.resolve("file");
        Path log = home.resolve("log");
        FileWatch.Opener usedUp = () -> {
            throw new IOException("User limit of inotify instances reached or too many open files");
        };
        try (FileWatch watch = new FileWatch(
                file, () -> seen.add(content(file)), new NetworkLog(log), usedUp, Duration.ofMillis(10))) {
            await("none");
            Files.move(Files.writeString(home.resolve("fresh"), "here"), file);
            await("here");
            Files.delete(file);
            await("none");
            assertThat(seen).as("it tells of changes only").isEmpty();
        }
        assertThat(Files.readString(log)).contains("limit of inotify instances");
    }
}
