package vmlan.qemu.language;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// A kind of network that QEMU can join a guest to, or for `nic` the guest's end: what `backends.txt` beside this class
/// tells of it.
///
/// @param meaning one sentence
/// @param options in the order in which QEMU reads them
public record Backend(String type, QemuVersion since, String meaning, List<BackendOption> options) {
    /// Backends that are in QEMU's list only when it was built with them (qapi/net.json, 'if').
    private static final Set<String> CONDITIONAL =
            Set.of("passt", "af-xdp", "vmnet-host", "vmnet-shared", "vmnet-bridged");

    private static final Map<String, Backend> ALL;

    private static final Map<String, Backend> ADDRESSES;

    static {
        ALL = new LinkedHashMap<>();
        ADDRESSES = new LinkedHashMap<>();
        for (Backend read : BackendTable.read()) {
            if (read.type.startsWith(BackendTable.ADDRESS)) {
                String kind = read.type.substring(BackendTable.ADDRESS.length());
                ADDRESSES.put(kind, new Backend(kind, read.since, read.meaning, read.options));
            } else {
                ALL.put(read.type, read);
            }
        }
    }

    public Backend {
        options = List.copyOf(options);
    }

    public static Optional<Backend> of(String type) {
        return Optional.ofNullable(ALL.get(type));
    }

    public static List<Backend> all() {
        return List.copyOf(ALL.values());
    }

    /// The kinds of socket addresses by their `type`: inet, unix, vsock, fd. Their options follow the name of the
    /// option whose address it is, `addr.path`.
    public static Map<String, Backend> addresses() {
        return Map.copyOf(ADDRESSES);
    }

    /// An option of it by its name; of a socket address too, `addr.path`, whichever kind of address has it.
    public Optional<BackendOption> option(String name) {
        int dot = name.indexOf('.');
        if (dot < 0) {
            return options.stream().filter(option -> option.name().equals(name)).findFirst();
        }
        boolean address = option(name.substring(0, dot))
                .filter(option -> option.type() == BackendOption.Type.ADDRESS)
                .isPresent();
        return address
                ? ADDRESSES.values().stream()
                        .flatMap(kind -> kind.option(name.substring(dot + 1)).stream())
                        .findFirst()
                : Optional.empty();
    }

    /// Whether it is in the list of types that this QEMU was built with, usable or not.
    public static boolean isType(String type, Dialect dialect) {
        return type.equals("none") || type.equals("nic") || isBuiltIn(type, dialect);
    }

    private static boolean isBuiltIn(String type, Dialect dialect) {
        if (dialect.served().contains(type)) {
            return of(type).isPresent();
        }
        return of(type).filter(backend -> dialect.version().isAtLeast(backend.since.major(), backend.since.minor()))
                        .isPresent()
                && (!CONDITIONAL.contains(type) || dialect.backends().contains(type));
    }
}
