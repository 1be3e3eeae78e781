package vmlan.program.control;

import java.util.Map;

/// @param body a JSON object
public record ControlResponse(int status, Map<String, Object> body) {
    public static ControlResponse ok(Map<String, Object> body) {
        return new ControlResponse(200, body);
    }

    /// @param what one line: what is wrong
    /// @param remedy one line: what to do
    public static ControlResponse error(int status, String what, String remedy) {
        return new ControlResponse(status, Map.of("error", Map.of("what", what, "do", remedy)));
    }
}
