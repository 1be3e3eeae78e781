package vmlan.tests.messages;

import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import vmlan.program.files.Fields;
import vmlan.qemu.QemuException;
import vmlan.qemu.QmpClient;
import vmlan.tests.real.Await;
import vmlan.tests.real.Installation;
import vmlan.tests.real.Qemus;
import vmlan.tests.real.VmnetQemu;

/// What is said about VMs that run, have run, or were never on a network.
final class VmProvocations {
    private static final Duration QMP_LIMIT = Duration.ofSeconds(60);
    private static final String TWIN = "private,mac=52:54:00:00:00:99";

    private final Bench bench;
    private final List<Provocation> all = new ArrayList<>();

    VmProvocations(Bench bench) {
        this.bench = bench;
    }

    List<Provocation> all() {
        beside("a VM named '…' is running already", "run", "-d", "--name", "web");
        beside("… runs", "rm", "web");
        beside("no guest agent runs in …, or it still boots", "exec", "--wait", "0", "web", "true");
        beside("the network '…' has VMs that run: …", "network", "rm", "shared");
        beside("two NICs are to have the MAC address …", "run", "-d", "--net", TWIN, "--net", TWIN);
        beside("… refuses connections (port …)", "connect", "web:9");
        all.add(new Provocation("another terminal has the console of …", this::secondConsole));
        all.add(new Provocation("the VM '…' is another: it has the demo guest", this::otherDisk));
        all.add(new Provocation("the MAC address … belongs to the VM '…'", this::takenMac));
        all.add(new Provocation("the address … belongs to the VM '…'", this::takenAddress));
        all.add(new Provocation("the disk … is in use by the VM '…'", this::diskInUse));
        ofOneWithoutNetwork("… is on no network of ours", "publish", "lone", "0:80");
        ofOneWithoutNetwork("… is on no network of ours, so there is no way to it", "connect", "lone:22");
        ofOneWithoutNetwork("… is on none of our networks, so its address is not known here", "ip", "lone");
        ofOneOnQemusVmnet("this host knows no … of … after … s", "ip", "--timeout", "0", "apple");
        ofOneWithoutDisk("… has no … after … s", "ip", "--timeout", "1", "blank");
        ofOneWithoutDisk("… has no … after … s", "ip", "-6", "--timeout", "1", "blank");
        all.add(new Provocation("… does not run: …", this::dead));
        all.add(new Provocation("… failed: …", this::diesInTheForeground));
        ofOneStopped("… does not run", "console", "lone");
        ofOneStopped("… does not run", "publish", "lone", "0:80");
        ofOneStopped("… does not run", "pause", "lone");
        return all;
    }

    private void beside(String what, String... arguments) {
        all.add(new Provocation(what, () -> bench.beside(arguments)));
    }

    private Installation.Result secondConsole() throws Exception {
        Installation vmlan = bench.running();
        try (SocketChannel console =
                SocketChannel.open(UnixDomainSocketAddress.of(vmlan.home().resolve("run/vm.web/console.sock")))) {
            return vmlan.vmlan("console", "web");
        }
    }

    private Installation.Result otherDisk() throws Exception {
        try (Installation vmlan = Installation.create(Qemus.QEMU_10)) {
            vmlan.vmlan("run", "-d", "--name", "web", "--net", "none").good();
            vmlan.vmlan("stop", "web", "--force").good();
            Path disk = vmlan.home().resolve("disk.raw");
            Files.write(disk, new byte[1 << 20]);
            Installation.Result result = vmlan.vmlan("run", "-d", "--name", "web", disk.toString());
            Files.delete(disk);
            return result;
        }
    }

    private Installation.Result takenMac() throws Exception {
        Installation vmlan = bench.running();
        String mac = vmlan.vm("web").objects("networks").getFirst().text("mac");
        return vmlan.vmlan("run", "-d", "--net", "private,mac=" + mac);
    }

    /// Of a VM that has had it, and does not run any more.
    private Installation.Result takenAddress() throws Exception {
        Installation vmlan = bench.running();
        vmlan.vmlan("run", "-d", "--name", "before", "--net", "private").good();
        String address = vmlan.vmlan("ip", "--timeout", "300", "before").good();
        vmlan.vmlan("stop", "--force", "before").good();
        try {
            return vmlan.vmlan("run", "-d", "--name", "after", "--net", "private,ip=" + address);
        } finally {
            vmlan.vmlan("rm", "before").good();
        }
    }

    private Installation.Result diskInUse() throws Exception {
        Installation vmlan = bench.running();
        Path disk = Files.write(vmlan.home().resolve("used.raw"), new byte[1 << 20]);
        vmlan.vmlan("run", "-d", "--net", "none", "--name", "first", disk.toString())
                .good();
        try {
            return vmlan.vmlan("run", "-d", "--net", "none", "--name", "second", disk.toString());
        } finally {
            vmlan.vmlan("rm", "--force", "first").good();
        }
    }

    private void ofOneWithoutNetwork(String what, String... arguments) {
        all.add(new Provocation(what, () -> {
            Installation vmlan = bench.running();
            if (vmlan.ps().stream().noneMatch(vm -> vm.text("name").equals("lone"))) {
                vmlan.vmlan("run", "-d", "--name", "lone", "--net", "none").good();
            }
            return vmlan.vmlan(arguments);
        }));
    }

    /// A host with vmnet that takes no root, as from macOS 26 on.
    private void ofOneOnQemusVmnet(String what, String... arguments) {
        all.add(new Provocation(what, () -> {
            try (Installation vmlan = Installation.create(Qemus.QEMU_10)) {
                Path qemu = VmnetQemu.in(vmlan.home().resolve("vmnet"), Qemus.QEMU_10.folder());
                vmlan.with("VMLAN_QEMU", qemu.toString())
                        .with("VMLAN_VMNET_LIBRARY", "/none")
                        .with("VMLAN_MACOS_VERSION", "26.0");
                vmlan.vmlan("run", "-d", "--name", "apple", "--via", "qemu").good();
                return vmlan.vmlan(arguments);
            }
        }));
    }

    private void ofOneWithoutDisk(String what, String... arguments) {
        all.add(new Provocation(what, () -> {
            Installation vmlan = bench.running();
            if (vmlan.ps().stream().noneMatch(vm -> vm.text("name").equals("blank"))) {
                Path disk = Files.write(vmlan.home().resolve("blank.raw"), new byte[1 << 20]);
                vmlan.vmlan("run", "-d", "--net", "private", disk.toString()).good();
            }
            return vmlan.vmlan(arguments);
        }));
    }

    private Installation.Result dead() throws Exception {
        Installation vmlan = bench.running();
        Installation.signal("KILL", vmlan.vm("blank").number("pid"));
        Await.until(
                "the end of QEMU",
                Installation.LIMIT,
                () -> vmlan.vm("blank").text("state").equals("failed") ? Optional.of(true) : Optional.empty(),
                () -> "it is not seen");
        return vmlan.vmlan("ip", "blank");
    }

    private Installation.Result diesInTheForeground() throws Exception {
        Installation vmlan = bench.running();
        Installation.Running run = vmlan.start("run", "--name", "brief", "--net", "none");
        long pid = Await.until(
                "QEMU",
                Installation.LIMIT,
                () -> vmlan.ps().stream()
                        .filter(vm -> vm.text("name").equals("brief"))
                        .findFirst()
                        .flatMap(vm -> vm.optionalNumber("pid")),
                run::errors);
        // before it has the console it is a start that fails, and says so otherwise
        Await.until(
                "the command to have the console",
                Installation.LIMIT,
                () -> hasClient(vmlan, "brief", "console.sock") ? Optional.of(true) : Optional.empty(),
                run::errors);
        Installation.signal("KILL", pid);
        Installation.Result result = run.await();
        return new Installation.Result(result.exitCode(), "", result.err());
    }

    /// Of one that has none QEMU says `disconnected:unix:…` (chardev/char-socket.c).
    private static boolean hasClient(Installation vmlan, String vm, String socket) throws QemuException {
        try (QmpClient qmp = QmpClient.connect(vmlan.home().resolve("run/vm." + vm + "/qmp.sock"), QMP_LIMIT)) {
            Object chardevs = qmp.call("query-chardev", Map.of(), QMP_LIMIT);
            return new Fields(Map.of("list", chardevs))
                    .objects("list").stream()
                            .map(chardev -> chardev.text("filename"))
                            .anyMatch(name -> name.contains(socket) && !name.startsWith("disconnected:"));
        }
    }

    private void ofOneStopped(String what, String... arguments) {
        all.add(new Provocation(what, () -> {
            bench.running().vmlan("stop", "--force", "lone").good();
            return bench.running().vmlan(arguments);
        }));
    }
}
