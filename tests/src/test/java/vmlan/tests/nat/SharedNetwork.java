package vmlan.tests.nat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import vmlan.program.control.ControlClient;
import vmlan.program.files.Fields;
import vmlan.program.message.Failure;
import vmlan.program.serve.NetworkSettings;
import vmlan.qemu.ProcessMark;
import vmlan.tests.real.Installation;

/// The network `shared` on the host, served by a process without any right. Closing it ends that.
public final class SharedNetwork implements AutoCloseable {
    public static final String NAME = "shared";
    public static final int MTU = NetworkSettings.MTU;
    public static final Duration LIMIT = Duration.ofSeconds(60);

    /// Root without a capability, also after exec (capabilities(7): nothing is in the bounding set). Files that are
    /// root's stay its own.
    private static final List<String> POWERLESS =
            List.of("setpriv", "--bounding-set=-all", "--inh-caps=-all", "--ambient-caps=-all", "--no-new-privs");

    private final TestInternet internet;
    private final Installation vmlan;

    private SharedNetwork(TestInternet internet, Installation vmlan) {
        this.internet = internet;
        this.vmlan = vmlan;
    }

    public static SharedNetwork start(TestInternet internet, String... options)
            throws IOException, InterruptedException {
        SharedNetwork network =
                new SharedNetwork(internet, Installation.withoutQemu(powerless(internet.words(Place.HOST))));
        try {
            network.restart(options);
            return network;
        } catch (IOException | InterruptedException | RuntimeException | AssertionError e) {
            network.close();
            throw e;
        }
    }

    /// The words that run a command without rights, behind those that say where.
    static List<String> powerless(List<String> where) {
        List<String> inside = new ArrayList<>(where);
        inside.addAll(POWERLESS);
        return inside;
    }

    /// Starts its process, with options of `vmlan network start`.
    void restart(String... options) throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(List.of("network", "start"));
        words.addAll(List.of(options));
        words.add(NAME);
        vmlan.vmlan(words.toArray(String[]::new)).good();
    }

    public Installation vmlan() {
        return vmlan;
    }

    public long pid() throws IOException, InterruptedException {
        return vmlan.networkPid(NAME);
    }

    public Fields show() throws IOException, InterruptedException {
        return Installation.object(
                vmlan.vmlan("network", "show", NAME, "--json").good());
    }

    /// A request to the control API, which must succeed.
    Fields api(String method, String path, Map<String, Object> body) throws Failure {
        return control().send(method, path, body, LIMIT);
    }

    private ControlClient control() {
        return new ControlClient(vmlan.home().resolve("run/" + NAME + "/control.sock"), NAME);
    }

    /// Registers a VM's NIC as `vmlan run` does, and attaches the guest to it.
    public NativeGuest attach(String vm, int mtu) throws IOException, InterruptedException, Failure {
        String port = "/v1/ports/" + vm + "-0";
        Map<String, Object> nic = Map.of(
                "vm",
                vm,
                "mac",
                NativeGuest.MAC,
                "qemuListens",
                false,
                "qmp",
                vmlan.home().resolve("no-qmp.sock").toString(),
                "isolated",
                false);
        Path socket = Path.of(api("PUT", port, nic).text("socket"));
        NativeGuest guest = NativeGuest.attach(internet, socket, mtu);
        long pid = guest.pump().pid();
        api(
                "PUT",
                port + "/process",
                Map.of("pid", pid, "pidMark", ProcessMark.of(pid).orElseThrow()));
        return guest;
    }

    @Override
    public void close() throws IOException, InterruptedException {
        vmlan.close();
    }
}
