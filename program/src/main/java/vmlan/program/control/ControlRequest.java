package vmlan.program.control;

import java.util.List;
import java.util.Map;

/// @param path the parts between the slashes, decoded: `/v1/ports/web-0` is `v1`, `ports`, `web-0`
/// @param query each name once; the last one counts
/// @param body an empty map where there was none
public record ControlRequest(String method, List<String> path, Map<String, String> query, Map<String, Object> body) {}
