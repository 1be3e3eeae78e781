package vmlan.host.dns;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import vmlan.host.EventLoop;
import vmlan.network.dns.DnsServer;
import vmlan.network.dns.DnsServers;

/// The resolvers of a Mac by `scutil --dns`, read anew every few seconds while there are queries. What was read last
/// counts meanwhile, and `/etc/resolv.conf`, which names the default ones there, until something was read.
public final class ScutilServers implements DnsServers {
    static final List<String> COMMAND = List.of("/usr/sbin/scutil", "--dns");

    /// A change of networks is followed as fast as people wait. It runs beside the loop.
    private static final long READ_AGAIN_NANOS = TimeUnit.SECONDS.toNanos(5);
    /// A run that takes longer hangs.
    private static final long MOST_SECONDS = 5;
    /// Some lines for each resolver and interface; what is longer is cut off here.
    private static final int MOST_BYTES = 1 << 20;

    private final EventLoop loop;
    private final List<String> command;
    private final DnsServers before;
    private Resolvers resolvers;
    private boolean reading;
    private long readAt;
    private long changes;

    /// @param before what counts until something was read
    public ScutilServers(EventLoop loop, DnsServers before) {
        this(loop, before, COMMAND);
    }

    ScutilServers(EventLoop loop, DnsServers before, List<String> command) {
        this.loop = loop;
        this.before = before;
        this.command = command;
        this.readAt = loop.now() - READ_AGAIN_NANOS;
    }

    @Override
    public List<DnsServer> serversOf(String name, long now) {
        if (!reading && now - readAt >= READ_AGAIN_NANOS) {
            reading = true;
            Thread.ofVirtual().name("scutil").start(this::read);
        }
        return resolvers == null ? before.serversOf(name, now) : resolvers.serversOf(name);
    }

    @Override
    public void readAgain() {
        before.readAgain();
        readAt -= READ_AGAIN_NANOS;
    }

    /// On a virtual thread.
    private void read() {
        Resolvers read = null;
        try {
            String text = run();
            read = text == null ? null : ScutilDns.parse(text);
        } catch (IOException | RuntimeException e) {
            // What was read before goes on to count.
            read = null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            Resolvers result = read;
            loop.execute(() -> done(result));
        }
    }

    private String run() throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                .start();
        try {
            Thread watch = Thread.ofVirtual().start(() -> endLate(process));
            byte[] output = process.getInputStream().readNBytes(MOST_BYTES);
            boolean good = process.waitFor(MOST_SECONDS, TimeUnit.SECONDS) && process.exitValue() == 0;
            watch.interrupt();
            return good ? new String(output, StandardCharsets.UTF_8) : null;
        } finally {
            process.destroyForcibly();
        }
    }

    /// Its output ends then, and whoever reads it goes on.
    private static void endLate(Process process) {
        try {
            if (!process.waitFor(MOST_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void done(Resolvers read) {
        reading = false;
        readAt = loop.now();
        if (read != null && !read.equals(resolvers)) {
            resolvers = read;
            changes++;
        }
    }

    @Override
    public long changes() {
        return changes + before.changes();
    }
}
