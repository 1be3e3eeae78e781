package vmlan.host.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/// A network namespace for one test: of one thread, of the processes that it starts, and of the sockets that it
/// opens. It is gone with the last of them.
public final class NetworkNamespace {
    public interface Body {
        void run() throws Exception;
    }

    /// A host's `en0` and, at the other end of the cable, `lan0`; both without IPv6 of their own accord.
    static final String HOST_ADDRESS = "192.0.2.1";

    private NetworkNamespace() {}

    /// Runs the body in a new namespace; what it throws comes out.
    public static void run(Body body) throws Exception {
        CompletableFuture<Void> result = new CompletableFuture<>();
        Thread thread = Thread.ofPlatform().name("namespace").start(() -> {
            try {
                LinuxException.check(ProcessCalls.unshare(ProcessCalls.CLONE_NEWNET), "unshare", "tests need root");
                ip("link set lo up");
                body.run();
                result.complete(null);
            } catch (Throwable t) {
                result.completeExceptionally(t);
            }
        });
        try {
            result.get(600, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Exception cause) {
                throw cause;
            }
            throw (Error) e.getCause();
        } finally {
            thread.join(TimeUnit.SECONDS.toMillis(60));
        }
    }

    /// In a namespace with the cable.
    static void runWithCable(Body body) throws Exception {
        run(() -> {
            cable();
            body.run();
        });
    }

    static void cable() throws IOException, InterruptedException {
        ip("link add en0 address 02:00:00:00:00:01 type veth peer name lan0 address 02:00:00:00:00:02");
        quiet("en0");
        quiet("lan0");
        ip("addr add " + HOST_ADDRESS + "/24 dev en0");
        ip("link set en0 up");
        ip("link set lan0 up");
        awaitUp("en0");
        awaitUp("lan0");
    }

    /// Waits until an interface has its carrier and sends: that comes a little after it was set up.
    public static void awaitUp(String name) throws IOException {
        try (Netlink news = new Netlink(Netlink.GROUPS_LINKS_AND_ADDRESSES);
                Netlink questions = new Netlink(0)) {
            while (Interfaces.links(questions).stream()
                    .noneMatch(link -> link.name().equals(name) && link.operState() == Interfaces.IF_OPER_UP)) {
                news.receive(0, "waiting for " + name);
            }
        }
    }

    /// Runs the body in yet another namespace, which takes an interface of this one.
    static CompletableFuture<Void> besides(String ifName, String address, Body body) throws Exception {
        CompletableFuture<String> threadId = new CompletableFuture<>();
        CompletableFuture<Void> moved = new CompletableFuture<>();
        CompletableFuture<Void> result = new CompletableFuture<>();
        Thread.ofPlatform().name("other namespace").daemon().start(() -> {
            try {
                LinuxException.check(ProcessCalls.unshare(ProcessCalls.CLONE_NEWNET), "unshare", "tests need root");
                // /proc/thread-self is a link to PID/task/TID
                threadId.complete(Files.readSymbolicLink(Path.of("/proc/thread-self"))
                        .getFileName()
                        .toString());
                moved.get(60, TimeUnit.SECONDS);
                quiet(ifName);
                ip("addr add " + address + " dev " + ifName);
                ip("link set " + ifName + " up");
                awaitUp(ifName);
                body.run();
                result.complete(null);
            } catch (Throwable t) {
                result.completeExceptionally(t);
            }
        });
        ip("link set " + ifName + " netns " + threadId.get(60, TimeUnit.SECONDS));
        moved.complete(null);
        return result;
    }

    /// No router solicitations and the like, which would come between.
    public static void quiet(String name) throws IOException {
        Files.writeString(Path.of("/proc/sys/net/ipv6/conf", name, "disable_ipv6"), "1");
    }

    public static String ip(String arguments) throws IOException, InterruptedException {
        return command("ip " + arguments);
    }

    /// Runs a command line without quotes; it must succeed.
    public static String command(String line) throws IOException, InterruptedException {
        Process process =
                new ProcessBuilder(line.split(" ")).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(line + ": " + output).isZero();
        return output;
    }
}
