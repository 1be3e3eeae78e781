package vmlan.program.files;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Typed access to a JSON object that somebody else may have written: a field of the wrong kind is as good as
/// none, or an [IllegalArgumentException] that names it where it is needed.
public record Fields(Map<String, Object> values) {
    public String text(String name) {
        return optionalText(name).orElseThrow(() -> missing(name, "a text"));
    }

    public Optional<String> optionalText(String name) {
        return values.get(name) instanceof String text ? Optional.of(text) : Optional.empty();
    }

    public long number(String name) {
        return optionalNumber(name).orElseThrow(() -> missing(name, "a number"));
    }

    public Optional<Long> optionalNumber(String name) {
        return values.get(name) instanceof Number number ? Optional.of(number.longValue()) : Optional.empty();
    }

    public boolean flag(String name) {
        return Boolean.TRUE.equals(values.get(name));
    }

    public List<Fields> objects(String name) {
        if (!(values.get(name) instanceof List<?> list)) {
            return List.of();
        }
        return list.stream().filter(Map.class::isInstance).map(Fields::of).toList();
    }

    public List<String> texts(String name) {
        if (!(values.get(name) instanceof List<?> list)) {
            return List.of();
        }
        return list.stream()
                .filter(String.class::isInstance)
                .map(String.class::cast)
                .toList();
    }

    public Fields object(String name) {
        return values.get(name) instanceof Map<?, ?> map ? of(map) : new Fields(Map.of());
    }

    /// JSON has only text for names, so the cast holds for everything that a JSON parser made.
    @SuppressWarnings("unchecked")
    private static Fields of(Object map) {
        return new Fields((Map<String, Object>) map);
    }

    private static IllegalArgumentException missing(String name, String kind) {
        return new IllegalArgumentException("'" + name + "' is missing or is not " + kind);
    }
}
