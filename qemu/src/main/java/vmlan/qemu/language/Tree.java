package vmlan.qemu.language;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Nested settings, as QEMU's QObjects have them (include/qobject).
public sealed interface Tree {
    record Text(String value) implements Tree {}

    /// As it was typed: QEMU tells whole numbers from others by their form (qobject/json-parser.c).
    record Numeral(String text) implements Tree {}

    record Bool(boolean value) implements Tree {}

    record Null() implements Tree {}

    record Items(List<Tree> items) implements Tree {
        public Items {
            items = List.copyOf(items);
        }
    }

    /// Not a copy: a keyval option is put together in one.
    record Dict(Map<String, Tree> members) implements Tree {
        static Dict empty() {
            return new Dict(new LinkedHashMap<>());
        }
    }
}
