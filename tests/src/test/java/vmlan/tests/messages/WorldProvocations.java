package vmlan.tests.messages;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import vmlan.tests.real.Installation;
import vmlan.tests.real.Qemus;

/// What the machine does to a user who did nothing wrong: files, space, other programs, a QEMU of the wrong kind.
final class WorldProvocations {
    private static final String ANSWERS_VERSION = """
            case "$*" in
            --version) echo 'QEMU emulator version 10.0.0'; exit ;;
            *netdev*help*) echo 'Available netdev backend types:'; echo socket; echo stream; exit ;;
            esac
            """;

    private final Bench bench;
    private final List<Provocation> all = new ArrayList<>();

    WorldProvocations(Bench bench) {
        this.bench = bench;
    }

    List<Provocation> all() {
        files();
        space();
        networks();
        programs();
        qemus();
        return all;
    }

    private void prepared(String what, Bench.Preparation preparation, String... arguments) {
        all.add(new Provocation(what, () -> bench.prepared(preparation, arguments)));
    }

    private void files() {
        prepared(
                "cannot make the folder …: …",
                vmlan -> bench.fileInTheWay(vmlan.home().resolve("state")),
                "run",
                "-d");
        prepared(
                "cannot read …: …", vmlan -> bench.folderInTheWay(vmlan.home().resolve("state/vms/web/vm.json")), "ps");
        prepared(
                "cannot read …: …",
                vmlan -> bench.folderInTheWay(vmlan.home().resolve("state/networks/shared/network.json")),
                "network",
                "start",
                "shared");
        prepared(
                "cannot keep the installation's key in …: …",
                vmlan -> bench.folderInTheWay(vmlan.home().resolve("state/installation.json")),
                "run",
                "--dry-run");
        prepared(
                "… belongs to somebody else",
                vmlan -> {
                    bench.folderInTheWay(vmlan.home().resolve("run"));
                    somebodyElses(vmlan.home().resolve("run"));
                },
                "network",
                "start",
                "shared");
        prepared(
                "… is a link, not a folder",
                vmlan -> bench.linkInTheWay(
                        vmlan.home().resolve("run"), vmlan.home().resolve("elsewhere")),
                "network",
                "start",
                "shared");
    }

    private static void somebodyElses(Path folder) throws IOException {
        Files.setAttribute(Files.createDirectories(folder), "unix:uid", 65534);
    }

    /// A state folder of a few KiB that are used up.
    private void space() {
        all.add(new Provocation(
                "cannot write …: …", () -> onFullDisk("network", "set", "shared", "--name", "db=10.0.0.5")));
        all.add(new Provocation(
                "the network '…' did not start: no space left in …", () -> onFullDisk("network", "start", "shared")));
        all.add(new Provocation("cannot keep the installation's key in …: …", () -> onFullDisk("run", "-d")));
    }

    private static Installation.Result onFullDisk(String... arguments) throws Exception {
        List<String> words = List.of(
                "unshare",
                "--mount",
                "sh",
                "-ec",
                "mkdir -p \"$VMLAN_HOME/state\"; mount -t tmpfs -o size=8k,mode=700 none \"$VMLAN_HOME/state\"\n"
                        + "cat /dev/zero >\"$VMLAN_HOME/state/full\" 2>/dev/null || :\nexec \"$@\"",
                "sh");
        try (Installation vmlan = Installation.withoutQemu(words)) {
            return vmlan.with("VMLAN_RIGHTS", "no").vmlan(arguments);
        }
    }

    private void networks() {
        all.add(new Provocation(
                "no free subnet: the host's routes use all of 192.168.64.0 to 192.168.127.255",
                () -> bench.inside(
                        Bench.namespaced("ip route add 192.168.64.0/18 dev lo"),
                        vmlan -> vmlan.with("VMLAN_RIGHTS", "no"),
                        "network",
                        "start",
                        "shared")));
        prepared(
                "the network … does not run, and starting it takes rights that you do not have",
                vmlan -> vmlan.with("VMLAN_RIGHTS", "no"),
                "network",
                "start",
                "host");
        prepared(
                "the network '…' cannot be changed: …",
                vmlan -> bench.folderInTheWay(vmlan.home().resolve("state/networks/shared/start.lock")),
                "network",
                "set",
                "shared",
                "--name",
                "db=10.0.0.5");
        prepared(
                "the network '…' cannot be started: …",
                vmlan -> bench.folderInTheWay(vmlan.home().resolve("state/networks/shared/start.lock")),
                "network",
                "start",
                "shared");
        prepared(
                "the network '…' cannot be served: …",
                vmlan -> bench.folderInTheWay(vmlan.home().resolve("state/networks/private/lock")),
                "network",
                "serve",
                "private");
        all.add(new Provocation("the network '…' did not answer within … s", this::standsStill));
        all.add(new Provocation("the network '…' is served by another process already", this::secondProcess));
        all.add(new Provocation("the network '…' is stopped", this::stopped));
        all.add(new Provocation("… cannot be published: it is in use…", this::portInUse));
        all.add(new Provocation(
                "… cannot be published: this host has no address …",
                () -> bench.alone("run", "-d", "-p", "192.0.2.1:8080:80")));
    }

    private Installation.Result secondProcess() throws Exception {
        try (Installation vmlan = Installation.withoutQemu(List.of())) {
            vmlan.vmlan("network", "start", "private").good();
            return vmlan.vmlan("network", "serve", "private");
        }
    }

    private Installation.Result standsStill() throws Exception {
        try (Installation vmlan = Installation.withoutQemu(List.of())) {
            vmlan.vmlan("network", "start", "private").good();
            long pid = vmlan.networkPid("private");
            Installation.signal("STOP", pid);
            try {
                return vmlan.vmlan("network", "stop", "private");
            } finally {
                Installation.signal("CONT", pid);
            }
        }
    }

    private Installation.Result stopped() throws Exception {
        Installation vmlan = bench.running();
        vmlan.vmlan("network", "stop", "shared").good();
        try {
            return vmlan.vmlan("publish", "web", "0:80");
        } finally {
            vmlan.vmlan("network", "start", "shared").good();
        }
    }

    /// A QEMU that looks for the network where it is not, as it does after a mistake in a path.
    private Installation.Result linkDown() throws Exception {
        String real = Qemus.QEMU_10.folder().resolve("qemu-system-x86_64").toString();
        return bench.prepared(
                vmlan -> Bench.fakeQemu(
                        vmlan,
                        "for word; do\n  shift\n  case $word in\n  stream,*) word=$word-elsewhere ;;\n  esac\n"
                                + "  set -- \"$@\" \"$word\"\ndone\nexec " + real + " \"$@\""),
                "run",
                "-d");
    }

    private Installation.Result portInUse() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return bench.alone("run", "-d", "-p", "127.0.0.1:" + taken.getLocalPort() + ":80");
        }
    }

    /// What PATH has, and has not.
    private void programs() {
        prepared(
                "sudo cannot be started: …",
                vmlan -> vmlan.with("PATH", pathWithout("sudo", vmlan).toString())
                        .with("VMLAN_RIGHTS", "no"),
                "network",
                "start",
                "host",
                "--sudo");
        prepared(
                "the network … was not started: sudo ended with …",
                vmlan -> {
                    Path folder = pathWithout("sudo", vmlan);
                    program(folder.resolve("sudo"), "exit 1");
                    vmlan.with("PATH", folder.toString()).with("VMLAN_RIGHTS", "no");
                },
                "network",
                "start",
                "host",
                "--sudo");
    }

    /// A folder of links to what is in the usual ones, but for one program.
    private static Path pathWithout(String program, Installation vmlan) throws IOException {
        Path folder = Files.createDirectories(vmlan.home().resolve("path"));
        for (String usual : List.of("/usr/bin", "/bin", "/usr/sbin", "/sbin")) {
            try (Stream<Path> files = Files.list(Path.of(usual))) {
                for (Path file : files.toList()) {
                    Path link = folder.resolve(file.getFileName());
                    if (!file.getFileName().toString().equals(program) && !Files.exists(link, NOFOLLOW_LINKS)) {
                        Files.createSymbolicLink(link, file);
                    }
                }
            }
        }
        return folder;
    }

    private static void program(Path file, String script) throws IOException {
        Files.writeString(file, "#!/bin/sh\n" + script + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private void qemus() {
        prepared(
                "-netdev …: Parameter 'type' does not accept value '…'",
                vmlan -> vmlan.with("VMLAN_VMNET_LIBRARY", "/none"),
                "run",
                "-d",
                "--via",
                "qemu");
        all.add(new Provocation("QEMU of … started, but its network link stays down", this::linkDown));
        prepared(
                "VMLAN_QEMU leads to …, which is not a program",
                vmlan -> vmlan.with("VMLAN_QEMU", "/nowhere"),
                "run",
                "-d");
        prepared(
                "VMLAN_QEMU names …, and this VM needs …",
                vmlan -> vmlan.with(
                        "VMLAN_QEMU",
                        Files.copy(
                                        Bench.fakeQemu(vmlan, ":"),
                                        vmlan.home().resolve("fake/qemu-system-m68k"),
                                        StandardCopyOption.COPY_ATTRIBUTES)
                                .toString()),
                "run",
                "-d");
        prepared(
                "QEMU ….… is too old: vmlan needs 7.2 or newer",
                vmlan -> Bench.fakeQemu(vmlan, "echo 'QEMU emulator version 5.2.0'"),
                "run",
                "-d");
        prepared("… --version does not name a version: …", vmlan -> Bench.fakeQemu(vmlan, "echo hello"), "run", "-d");
        prepared("… failed: …", vmlan -> Bench.fakeQemu(vmlan, "echo broken >&2; exit 3"), "run", "-d");
        prepared(
                "… cannot be run: …",
                vmlan -> {
                    Path program = Bench.fakeQemu(vmlan, "");
                    Files.writeString(program, "#!/nowhere/interpreter\n");
                },
                "run",
                "-d");
        prepared(
                "… was built without -netdev stream",
                vmlan -> Bench.fakeQemu(vmlan, ANSWERS_VERSION.replace("echo stream;", "")),
                "run",
                "-d");
        prepared(
                "QEMU: …",
                vmlan -> Bench.fakeQemu(vmlan, ANSWERS_VERSION + "echo 'qemu-system-x86_64: it is Sunday' >&2; exit 1"),
                "run",
                "-d",
                "--net",
                "none");
    }
}
