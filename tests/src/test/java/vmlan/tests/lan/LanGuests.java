package vmlan.tests.lan;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import vmlan.program.files.Fields;
import vmlan.tests.real.Await;
import vmlan.tests.real.Installation;
import vmlan.tests.real.Qemus;

/// A LAN, and vmlan on one of its machines. Closing it ends both, and keeps the logs.
final class LanGuests implements AutoCloseable {
    static final String NETWORK = "bridged-en0";

    private final TestLan lan;
    private final Installation vmlan;
    private final Path initrd;
    private final Map<String, Installation.Running> starts = new LinkedHashMap<>();

    private LanGuests(TestLan lan, Installation vmlan, Path initrd) {
        this.lan = lan;
        this.vmlan = vmlan;
        this.initrd = initrd;
    }

    static LanGuests create(TestLan.Link link, Qemus qemu) throws IOException, InterruptedException {
        return create(link, qemu, Machine.HOST);
    }

    /// @param where the machine that vmlan runs on
    static LanGuests create(TestLan.Link link, Qemus qemu, Machine where) throws IOException, InterruptedException {
        Path demo = demoInitrd(qemu);
        TestLan lan = TestLan.create(link);
        try {
            Installation vmlan = Installation.create(qemu, lan.words(where));
            try {
                Path initrd = Dhcpv6Client.initrd(demo, lan.folder());
                return new LanGuests(lan, vmlan, initrd);
            } catch (IOException | InterruptedException | RuntimeException | AssertionError e) {
                vmlan.close();
                throw e;
            }
        } catch (IOException | InterruptedException | RuntimeException | AssertionError e) {
            lan.close();
            throw e;
        }
    }

    /// Where the demo guest is. This makes it, outside of the LAN: there nothing can be fetched.
    private static Path demoInitrd(Qemus qemu) throws IOException, InterruptedException {
        try (Installation vmlan = Installation.create(qemu)) {
            String line = vmlan.vmlan("run", "--dry-run", "--net", "none").good();
            Matcher match = Pattern.compile(" -initrd (\\S+)").matcher(line);
            if (!match.find()) {
                throw new AssertionError("no initrd in: " + line);
            }
            // by way of the cache that stays, not of this installation's link to it
            return Path.of(match.group(1)).toRealPath();
        }
    }

    /// Starts a demo guest that can DHCPv6.
    void start(String name, String net, String... qemu) throws IOException {
        List<String> words = new ArrayList<>(
                List.of("run", "-d", "--name", name, "--net", net, "--memory", "512M", "--", "-initrd"));
        words.add(initrd.toString());
        words.addAll(List.of(qemu));
        starts.put(name, vmlan.start(words.toArray(String[]::new)));
    }

    /// Waits until one that was started has its shell.
    GuestStation ready(String name) throws IOException, InterruptedException {
        starts.remove(name).await().good();
        vmlan.awaitConsole(name, "vmlan-demo: ready");
        return new GuestStation(vmlan, name);
    }

    /// Several guests on the same network, started at once.
    List<GuestStation> guests(String net, String... names) throws IOException, InterruptedException {
        for (String name : names) {
            start(name, net);
        }
        List<GuestStation> guests = new ArrayList<>();
        for (String name : names) {
            guests.add(ready(name));
        }
        return guests;
    }

    TestLan lan() {
        return lan;
    }

    Installation vmlan() {
        return vmlan;
    }

    MachineStation station(Machine machine) {
        return new MachineStation(lan, machine);
    }

    /// What `network show` says.
    Fields show(String network) throws IOException, InterruptedException {
        return Installation.object(
                vmlan.vmlan("network", "show", network, "--json").good());
    }

    /// What its process has told, from the beginning.
    String networkLog(String network) throws IOException {
        return Files.readString(vmlan.home().resolve("state/networks/" + network + "/network.log"));
    }

    Fields uplink() throws IOException, InterruptedException {
        return show(NETWORK).object("uplink");
    }

    /// The network's process is killed with SIGKILL, by its pid, and gone when this returns.
    void kill(String network) throws IOException, InterruptedException {
        long pid = vmlan.networkPid(network);
        Optional<ProcessHandle> process = ProcessHandle.of(pid);
        Installation.signal("KILL", pid);
        process.ifPresent(handle -> handle.onExit().join());
    }

    /// Waits for a ping that arrives.
    void awaitPing(Station from, String to) {
        Await.until(
                "an answer to " + from + " from " + to,
                Installation.LIMIT,
                () -> from.ping(to, 1).contains(" 0% packet loss") ? Optional.of(true) : Optional.empty(),
                () -> vmlan.vmlan("network", "show", NETWORK, "--json").out());
    }

    @Override
    public void close() throws IOException, InterruptedException {
        try (lan;
                vmlan) {
            for (Installation.Running start : starts.values()) {
                start.await();
            }
            keepLogs();
        }
    }

    /// Networks' logs and guests' consoles. Everything still runs, and writes: state comes by way of files that are
    /// renamed, so only what is a log is looked at.
    private void keepLogs() throws IOException {
        for (String kind : List.of("networks", "vms")) {
            for (Path folder : listed(vmlan.home().resolve("state").resolve(kind), "*")) {
                for (Path log : listed(folder, "*.log")) {
                    String name = folder.getFileName() + "-" + log.getFileName();
                    Files.copy(log, lan.evidence().resolve(name), StandardCopyOption.REPLACE_EXISTING);
                }
            }
        }
    }

    private static List<Path> listed(Path folder, String names) throws IOException {
        List<Path> files = new ArrayList<>();
        if (Files.isDirectory(folder)) {
            try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder, names)) {
                stream.forEach(files::add);
            }
        }
        return files;
    }
}
