package vmlan.program.autostart;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import vmlan.program.message.Failure;

/// A network that launchd begins to start: two processes cannot serve it, so the one that does ends, and launchd's
/// takes
/// its place. Its VMs go on, and are back on it when that one serves.
///
/// Not run on a Mac.
public final class NetworkHandover {
    /// vmnet starts within a second or two, and launchd starts a daemon that failed ten seconds later once more
    /// (launchd.plist(5), ThrottleInterval).
    public static final Duration LIMIT = Duration.ofSeconds(30);
    /// A process of launchd's tells us nothing.
    private static final Duration LOOK_EVERY = Duration.ofMillis(100);

    /// A network's process, as commands see it.
    public interface Served {
        boolean isServed() throws Failure;

        /// @return whether there was one
        boolean stop() throws Failure;

        void start() throws Failure;
    }

    private final NetworkDaemons daemons;
    private final Served network;
    private final Duration limit;

    /// @param limit for launchd's process to serve the network
    public NetworkHandover(NetworkDaemons daemons, Served network, Duration limit) {
        this.daemons = daemons;
        this.network = network;
        this.limit = limit;
    }

    /// What launchd refuses leaves the network as it was.
    ///
    /// @param note told what went wrong besides
    /// @return lines for the user
    /// @throws Failure it does not start by itself; or it does from now on, and is not served
    public List<String> toLaunchd(String name, Consumer<String> note) throws Failure {
        daemons.check(name);
        boolean ran = network.stop();
        List<String> said;
        try {
            said = new ArrayList<>(daemons.enable(name));
        } catch (Failure e) {
            if (ran) {
                startAgain(name, note);
            }
            throw e;
        }
        long end = System.nanoTime() + limit.toNanos();
        while (!network.isServed()) {
            if (System.nanoTime() - end >= 0) {
                throw Failure.world(
                        "launchd took the daemon of the network " + name + ", and it does not serve it after "
                                + limit.toSeconds() + " s",
                        "see why: cat " + daemons.log(name) + "; take it back: vmlan network autostart --off --sudo "
                                + name);
            }
            LockSupport.parkNanos(LOOK_EVERY.toNanos());
        }
        return said;
    }

    private void startAgain(String name, Consumer<String> note) {
        try {
            network.start();
        } catch (Failure e) {
            note.accept("the network " + name + ", which ran, is stopped: " + e.what() + "; " + e.remedy());
        }
    }
}
