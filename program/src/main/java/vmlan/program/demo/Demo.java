package vmlan.program.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import vmlan.program.files.Places;
import vmlan.program.message.Failure;
import vmlan.program.message.Progress;
import vmlan.qemu.tool.Tool;

/// `vmlan demo`: builds the LAN, has `vmlan run --net bridged:en0` start guests on its host, and runs the proofs.
///
/// The guests are started by the very command that users type, in the host's namespace with files of its own, so what
/// is shown is what there is.
public final class Demo implements AutoCloseable {
    private static final Duration START_LIMIT = Duration.ofSeconds(120);
    private static final Duration PROMPT_LIMIT = Duration.ofSeconds(120);

    private final String launcher;
    private final Path cache;
    private final Progress progress;
    private final DemoReport report;
    private final List<GuestShell> shells = new ArrayList<>();
    private DemoLan lan;
    private Router router;
    private boolean closed;

    /// What is to be shown.
    ///
    /// @param wifi on a link that carries only the NIC's own MAC
    /// @param isolated with two guests that are not to see each other
    /// @param ownRouter with our own gateway as the LAN's router also where dnsmasq is installed
    public record Wish(boolean wifi, boolean isolated, boolean ownRouter) {}

    /// @param cache with the demo guest, made before: in the LAN there is no Internet to fetch it from
    public Demo(String launcher, Path cache, Progress progress, DemoReport report) {
        this.launcher = launcher;
        this.cache = cache;
        this.progress = progress;
        this.report = report;
    }

    /// @return the exit code
    public int run(Wish wish) throws Failure {
        progress.step("building a LAN in network namespaces");
        build(wish);
        router.start(lan);
        progress.done();
        report.heading("A LAN in network namespaces: " + AddressPlan.NETWORK4 + " and " + AddressPlan.NETWORK6);
        report.heading("  router  " + AddressPlan.ROUTER4 + "   " + router.description());
        report.heading("  other   " + AddressPlan.OTHER4 + "  another machine");
        report.heading("  host    " + AddressPlan.HOST4 + "  its NIC is en0"
                + (wish.wifi() ? ", and the link carries only that one's MAC address, as Wi-Fi does" : ""));
        report.heading("  outside " + AddressPlan.OUTSIDE4 + "  a server beyond the router");
        List<String> names = wish.isolated() ? List.of("guest-a", "guest-b") : List.of("guest");
        String net = "bridged:en0" + (wish.wifi() ? ",mac-nat=on" : "") + (wish.isolated() ? ",isolated" : "");
        for (String name : names) {
            report.heading("host$ vmlan run -d --name " + name + " --net " + net);
            progress.step("starting " + name);
            vmlan("run", "-d", "--name", name, "--net", net);
        }
        List<LanGuest> guests = new ArrayList<>();
        for (String name : names) {
            progress.step("waiting for " + name + " to boot");
            guests.add(guest(name));
        }
        progress.done();
        report.heading("");
        DemoChecks checks = new DemoChecks(lan);
        return report.run(
                wish.isolated()
                        ? checks.ofIsolated(guests.getFirst(), guests.getLast())
                        : checks.of(guests.getFirst()));
    }

    private synchronized void build(Wish wish) throws Failure {
        if (closed) {
            throw Failure.world("interrupted", "start it again");
        }
        lan = DemoLan.build(wish.wifi());
        router = wish.ownRouter()
                ? new EngineRouter(launcher)
                : DnsmasqRouter.find().map(Router.class::cast).orElseGet(() -> new EngineRouter(launcher));
        try {
            Files.createDirectories(lan.folder());
            Files.createSymbolicLink(lan.folder().resolve("cache"), cache);
        } catch (IOException e) {
            throw Failure.world(
                    "the folder " + lan.folder() + " cannot be used: " + Places.reason(e), "make room in it", e);
        }
    }

    private LanGuest guest(String name) throws Failure {
        Path console = Places.in(lan.folder()).socket("vm." + name, "console.sock");
        GuestShell shell = GuestShell.connect(console, name);
        shells.add(shell);
        if (!shell.awaitPrompt(PROMPT_LIMIT)) {
            throw Failure.world(
                    name + " shows no prompt after " + PROMPT_LIMIT.toSeconds() + " s",
                    "see whether the machine is overloaded, and try again");
        }
        return new LanGuest(name, shell);
    }

    private void vmlan(String... arguments) throws Failure {
        List<String> words = new ArrayList<>(lan.prefix(Place.HOST));
        words.addAll(List.of("env", "VMLAN_HOME=" + lan.folder(), "VMLAN_NO_BUILD=1", "VMLAN_RIGHTS=", launcher));
        words.addAll(List.of(arguments));
        try {
            Tool tool = Tool.run(START_LIMIT, words);
            if (!tool.succeeded()) {
                throw Failure.world(
                        "in the demo's host, vmlan failed: "
                                + tool.output().strip().replaceAll("\\s*\\R\\s*", " "),
                        "report it, with what is above");
            }
        } catch (IOException e) {
            throw Failure.world("vmlan cannot be started in the demo's host: " + e.getMessage(), "try again", e);
        }
    }

    /// Ends everything that was started and leaves nothing behind. Any thread, also while [#run] is under way.
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            if (lan == null) {
                return;
            }
        }
        shells.forEach(GuestShell::close);
        if (router != null) {
            router.close();
        }
        lan.close();
    }
}
