package vmlan.host;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Locale;

/// An address and port of the host that could not be had.
public final class BindFailure extends IOException {
    private static final long serialVersionUID = 1;

    /// Why not.
    public enum Reason {
        IN_USE("in use"),
        /// Ports below 1024, on most systems.
        NOT_PERMITTED("not permitted"),
        NO_SUCH_ADDRESS("this host has no such address"),
        /// The message says more.
        OTHER("");

        private final String words;

        Reason(String words) {
            this.words = words;
        }
    }

    private final Reason reason;

    /// @param details of the operating system; used where the reason has no words of its own
    public BindFailure(InetSocketAddress address, Reason reason, String details, IOException cause) {
        super(text(address) + ": " + (reason == Reason.OTHER ? details : reason.words), cause);
        this.reason = reason;
    }

    private static String text(InetSocketAddress address) {
        String host = address.getAddress().getHostAddress();
        return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + address.getPort();
    }

    /// The JDK has one exception for all three, so the C library's words decide (see [SocketErrors]).
    static BindFailure of(InetSocketAddress address, IOException cause) {
        String message = String.valueOf(cause.getMessage());
        String lower = message.toLowerCase(Locale.ROOT);
        Reason reason = lower.contains("in use")
                ? Reason.IN_USE
                : lower.contains("denied")
                        ? Reason.NOT_PERMITTED
                        : lower.contains("assign") ? Reason.NO_SUCH_ADDRESS : Reason.OTHER;
        return new BindFailure(address, reason, message, cause);
    }

    public Reason reason() {
        return reason;
    }
}
