package vmlan.program.control;

import java.nio.channels.SocketChannel;
import java.util.Map;

/// @param body a JSON object
/// @param upgrade null for an answer like any; else the answer is what becomes of it
/// @param afterwards null, or done when the client has the answer, or is not there to get it
public record ControlResponse(int status, Map<String, Object> body, Upgrade upgrade, Runnable afterwards) {
    /// 101: the connection stops being HTTP (RFC 9110 §7.8).
    public static final int SWITCHING = 101;

    /// Takes the connection over, or says why not.
    @FunctionalInterface
    public interface Upgrade {
        /// May block. Whoever takes the channel over writes [ControlServer#switching] first.
        ///
        /// @return null when the channel is somebody else's from now on
        ControlResponse take(SocketChannel channel);
    }

    public static ControlResponse ok(Map<String, Object> body) {
        return new ControlResponse(200, body, null, null);
    }

    /// The same with something to do that may keep the answer from getting out.
    public static ControlResponse okAndThen(Runnable afterwards) {
        return new ControlResponse(200, Map.of(), null, afterwards);
    }

    /// The client has asked for another protocol.
    public static ControlResponse upgrade(Upgrade upgrade) {
        return new ControlResponse(SWITCHING, Map.of(), upgrade, null);
    }

    /// @param what one line: what is wrong
    /// @param remedy one line: what to do
    public static ControlResponse error(int status, String what, String remedy) {
        return new ControlResponse(status, Map.of("error", Map.of("what", what, "do", remedy)), null, null);
    }
}
