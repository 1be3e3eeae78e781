package vmlan.program.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import vmlan.qemu.tool.Tool;

/// The LAN ends with the process that built it, whatever ends that, and for a user without rights too.
class LanEndTest {
    private static final long LIMIT_SECONDS = 60;

    private Path home;
    private Process holder;
    private BufferedReader said;
    private final List<Long> keepers = new ArrayList<>();
    private Path folder;

    /// In the system's folder, because another user is to read it.
    @BeforeEach
    void copyClasses() throws IOException {
        home = Files.createTempDirectory(Path.of("/tmp"), "vmlan-classes-");
        for (Class<?> part : List.of(DemoLan.class, Tool.class, LanHolder.class)) {
            copy(Path.of(
                    part.getProtectionDomain().getCodeSource().getLocation().getPath()));
        }
        Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private void copy(Path classes) throws IOException {
        if (Files.isRegularFile(classes)) {
            // A module that is packaged already is a jar.
            Files.copy(classes, home.resolve(classes.getFileName()));
            return;
        }
        try (Stream<Path> files = Files.walk(classes)) {
            for (Path file :
                    files.filter(path -> !path.endsWith("module-info.class")).toList()) {
                Path to = home.resolve(classes.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(to);
                } else {
                    Files.copy(file, to);
                }
            }
        }
    }

    @AfterEach
    void removeClasses() throws IOException {
        if (holder != null) {
            holder.destroyForcibly();
        }
        try (Stream<Path> files = Files.walk(home)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    private static boolean isRoot() throws IOException {
        return Files.getAttribute(Path.of("/proc/self"), "unix:uid", LinkOption.NOFOLLOW_LINKS)
                .equals(0);
    }

    /// @return the holder's lines but those about keepers
    private List<String> build(boolean unprivileged) throws IOException {
        List<String> command = new ArrayList<>();
        if (unprivileged && isRoot()) {
            command.addAll(List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--no-new-privs"));
        }
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:-UsePerfData",
                "-cp",
                home + ":" + home + "/*",
                LanHolder.class.getName()));
        holder = new ProcessBuilder(command).redirectErrorStream(true).start();
        said = new BufferedReader(new InputStreamReader(holder.getInputStream(), StandardCharsets.UTF_8));
        List<String> lines = new ArrayList<>();
        for (String line = said.readLine(); line != null && !line.equals("built"); line = said.readLine()) {
            if (line.startsWith("keeper ")) {
                keepers.add(Long.parseLong(line.substring(7)));
            } else if (line.startsWith("folder ")) {
                folder = Path.of(line.substring(7));
            } else {
                lines.add(line);
            }
        }
        assertThat(keepers).as("%s", lines).hasSize(Place.values().length);
        return lines;
    }

    private List<ProcessHandle> processes() {
        return DemoLanTest.processes(keepers);
    }

    private void everythingEnds(List<ProcessHandle> processes) throws Exception {
        for (ProcessHandle process : processes) {
            process.onExit().get(LIMIT_SECONDS, TimeUnit.SECONDS);
        }
        nothingIsLeft(processes);
    }

    private void nothingIsLeft(List<ProcessHandle> processes) {
        assertThat(processes).hasSizeGreaterThan(keepers.size()).noneMatch(DemoLanTest::isThere);
        assertThat(folder).doesNotExist();
    }

    @Test
    void afterSigkill() throws Exception {
        assertThat(build(false)).anyMatch(line -> line.startsWith("ping Outcome[holds=true"));
        List<ProcessHandle> processes = processes();
        assertThat(folder).isDirectory();
        holder.destroyForcibly(); // SIGKILL
        everythingEnds(processes);
    }

    @Test
    void afterSigkillOfAUserWithoutRights() throws Exception {
        assertThat(build(true))
                .anyMatch(line -> line.startsWith("ping Outcome[holds=true"))
                .anyMatch(line -> line.startsWith("router dnsmasq") || line.equals("router none"));
        List<ProcessHandle> processes = processes();
        holder.destroyForcibly();
        everythingEnds(processes);
    }

    @Test
    void whenItIsClosed() throws Exception {
        build(true);
        List<ProcessHandle> processes = processes();
        holder.getOutputStream().close();
        assertThat(holder.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
        // close has waited: nothing needs time now
        nothingIsLeft(processes);
    }

    /// As Ctrl-C does, which a terminal sends to all in its foreground.
    @Test
    void keepersOutliveCtrlC() throws Exception {
        build(false);
        List<ProcessHandle> processes = processes();
        for (long keeper : keepers) {
            assertThat(new ProcessBuilder("kill", "-INT", Long.toString(keeper))
                            .start()
                            .waitFor())
                    .isZero();
        }
        assertThat(processes()).containsAll(processes);
        holder.getOutputStream().close();
        assertThat(holder.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(folder).doesNotExist();
    }

    /// It would kill its neighbours at the end.
    @Test
    void aKeeperWithoutANamespaceOfItsOwnEndsAtOnce() throws Exception {
        Path unshare = home.resolve("unshare");
        Files.writeString(unshare, "#!/bin/sh\nshift\nexec \"$@\"\n");
        Files.setPosixFilePermissions(unshare, PosixFilePermissions.fromString("rwxr-xr-x"));
        LanPrograms real = LanPrograms.find();
        LanPrograms without = new LanPrograms(unshare, real.nsenter(), real.setsid(), real.shell(), real.path());
        assertThatThrownBy(() -> Namespace.first("lan", without, false))
                .hasMessage("no network namespace can be made: the namespace is not a new one");
    }
}
