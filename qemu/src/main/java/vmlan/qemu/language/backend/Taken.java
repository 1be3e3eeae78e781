package vmlan.qemu.language.backend;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The ports and names that a QEMU has taken for the backends that it made so far.
public final class Taken {
    private final Map<Integer, List<BoundPort>> ports = new HashMap<>();
    private final Set<String> names = new HashSet<>();

    boolean excludes(BoundPort wanted) {
        return ports.getOrDefault(wanted.at().usedPort(), List.of()).stream().anyMatch(wanted::excludes);
    }

    boolean has(String name) {
        return names.contains(name);
    }

    void add(Taken more) {
        more.ports.values().forEach(list -> list.forEach(this::bind));
        names.addAll(more.names);
    }

    void bind(BoundPort port) {
        ports.computeIfAbsent(port.at().usedPort(), number -> new ArrayList<>()).add(port);
    }

    boolean name(String name) {
        return names.add(name);
    }
}
