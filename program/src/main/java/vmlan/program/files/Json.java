package vmlan.program.files;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/// JSON as everything here reads and writes it: a value that is absent is null, not left out.
public final class Json {
    private static final JSON COMPACT = JSON.std.with(JSON.Feature.WRITE_NULL_PROPERTIES);
    private static final JSON PRETTY = COMPACT.with(JSON.Feature.PRETTY_PRINT_OUTPUT);

    private Json() {}

    /// @throws IOException the bytes are not a JSON object; its message has several lines
    public static Map<String, Object> object(byte[] bytes) throws IOException {
        return JSON.std.mapFrom(bytes);
    }

    /// On one line, for programs.
    public static String compact(Object value) {
        return text(COMPACT, value);
    }

    /// With indentation, for people.
    public static String pretty(Object value) {
        return text(PRETTY, value);
    }

    public static byte[] prettyBytes(Object value) {
        return (pretty(value) + "\n").getBytes(StandardCharsets.UTF_8);
    }

    private static String text(JSON style, Object value) {
        try {
            return style.asString(value);
        } catch (IOException e) {
            throw new IllegalArgumentException("no JSON can be made of " + value.getClass(), e);
        }
    }
}
