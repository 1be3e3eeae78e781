package vmlan.host;

import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.util.Locale;
import vmlan.network.outside.OutsideError;

/// What a failed connect or send says about the way.
///
/// The JDK keeps errno to itself: it makes an exception of a few numbers (JDK 25, sun.nio.ch Net.c,
/// handleSocketError) and puts the C library's words into its message. Where the kind is shared the words
/// decide, and those are English only in a process whose locale has no others; without them the answer is
/// less exact, not wrong.
///
/// | errno | exception | here |
/// |---|---|---|
/// | ECONNREFUSED | ConnectException | REFUSED |
/// | ETIMEDOUT | ConnectException "timed out" | TIMED_OUT |
/// | EHOSTUNREACH | NoRouteToHostException | HOST_UNREACHABLE |
/// | ENETUNREACH | SocketException "Network is unreachable" | NET_UNREACHABLE |
/// | EACCES, a `prohibit` route | BindException "Permission denied" | PROHIBITED |
/// | EPERM, the firewall | SocketException "Operation not permitted" | PROHIBITED |
/// | EADDRNOTAVAIL | BindException "Cannot assign" | IPv4: no port is left; IPv6: there is no address to send from |
/// | EINVAL, a `blackhole` route | SocketException | HOST_UNREACHABLE |
final class SocketErrors {
    private SocketErrors() {}

    static OutsideError of(IOException cause, boolean ipv4) {
        String message = cause.getMessage() == null ? "" : cause.getMessage().toLowerCase(Locale.ROOT);
        return switch (cause) {
            case ConnectException e when message.contains("timed out") -> OutsideError.TIMED_OUT;
            case ConnectException e -> OutsideError.REFUSED;
            case NoRouteToHostException e -> OutsideError.HOST_UNREACHABLE;
            case BindException e when message.contains("denied") -> OutsideError.PROHIBITED;
            case BindException e -> ipv4 ? OutsideError.EXHAUSTED : OutsideError.NET_UNREACHABLE;
            default -> ofMessage(message);
        };
    }

    private static OutsideError ofMessage(String message) {
        if (message.contains("network is unreachable") || message.contains("network is down")) {
            return OutsideError.NET_UNREACHABLE;
        }
        if (message.contains("not permitted")) {
            return OutsideError.PROHIBITED;
        }
        if (message.contains("too long")) {
            return OutsideError.TOO_BIG;
        }
        // ENOBUFS and ENOMEM
        if (message.contains("buffer space") || message.contains("allocate memory")) {
            return OutsideError.EXHAUSTED;
        }
        return OutsideError.HOST_UNREACHABLE;
    }
}
