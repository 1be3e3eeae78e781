package vmlan.tests.messages;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import vmlan.tests.real.FilesBelow;
import vmlan.tests.real.Installation;
import vmlan.tests.real.Qemus;

/// Where provocations happen: installations of their own, and one that has a running VM, which is left as it was.
final class Bench implements AutoCloseable {
    /// A network namespace with nothing in it but a loopback that is down.
    static final List<String> NO_NICS = List.of("unshare", "--net");
    /// One with a cable from en0 to nowhere.
    static final List<String> ONE_NIC = namespaced("ip link add en0 type veth peer name far && ip link set en0 up");

    private final List<Path> inTheWay = new ArrayList<>();
    private Installation running;

    /// Something done to an installation before the command.
    @FunctionalInterface
    interface Preparation {
        void in(Installation vmlan) throws Exception;
    }

    static List<String> namespaced(String commands) {
        return List.of("unshare", "--net", "sh", "-ec", "ip link set lo up; " + commands + "\nexec \"$@\"", "sh");
    }

    /// One command in a new installation that has no QEMU.
    Installation.Result alone(String... arguments) throws Exception {
        return prepared(vmlan -> {}, arguments);
    }

    Installation.Result prepared(Preparation preparation, String... arguments) throws Exception {
        return inside(List.of(), preparation, arguments);
    }

    Installation.Result inside(List<String> words, String... arguments) throws Exception {
        return inside(words, vmlan -> {}, arguments);
    }

    /// @param words in front of the command, such as those that enter a namespace
    Installation.Result inside(List<String> words, Preparation preparation, String... arguments) throws Exception {
        try (Installation vmlan = Installation.create(Qemus.QEMU_10, words)) {
            preparation.in(vmlan);
            List<String> before = files(vmlan);
            Installation.Result result = vmlan.vmlan(arguments);
            clearTheWay();
            if (result.exitCode() == 2) {
                List<String> after = files(vmlan);
                after.removeAll(before);
                assertThat(after).as("what a wrong command leaves behind").isEmpty();
            }
            return result;
        }
    }

    /// So that what was begun can be tidied up by the usual commands.
    private void clearTheWay() throws IOException {
        for (Path path : inTheWay) {
            Files.deleteIfExists(path);
        }
        inTheWay.clear();
    }

    /// Everything but locks, which are empty and stay.
    private static List<String> files(Installation vmlan) throws IOException {
        return FilesBelow.of(vmlan.home()).stream()
                .map(file -> vmlan.home().relativize(file).toString())
                .filter(file -> !file.endsWith("lock"))
                .collect(Collectors.toList());
    }

    /// A command where the demo guest runs as `web`, on `shared`.
    Installation.Result beside(String... arguments) throws Exception {
        return running().vmlan(arguments);
    }

    Installation running() throws Exception {
        if (running == null) {
            Installation vmlan = Installation.create(Qemus.QEMU_10);
            running = vmlan;
            vmlan.vmlan("run", "-d", "--name", "web").good();
        }
        return running;
    }

    /// A folder with a program that is called as QEMU and does this instead.
    static Path fakeQemu(Installation vmlan, String script) throws IOException {
        Path folder = Files.createDirectories(vmlan.home().resolve("fake"));
        Path program = folder.resolve("qemu-system-x86_64");
        Files.writeString(program, "#!/bin/sh\n" + script + "\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
        vmlan.with("VMLAN_QEMU", folder.toString());
        return program;
    }

    /// A file where a folder is wanted: that stops root, too.
    void fileInTheWay(Path folder) throws IOException {
        Files.createDirectories(folder.getParent());
        Files.writeString(folder, "in the way\n");
        inTheWay.add(folder);
    }

    /// A folder where a file is wanted.
    void folderInTheWay(Path file) throws IOException {
        Files.createDirectories(file);
        inTheWay.add(file);
    }

    void linkInTheWay(Path link, Path to) throws IOException {
        Files.createDirectories(to);
        Files.createSymbolicLink(link, to);
        inTheWay.add(link);
    }

    @Override
    public void close() throws Exception {
        if (running != null) {
            running.close();
        }
    }
}
