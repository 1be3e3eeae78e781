package vmlan.qemu.language.backend;

import java.util.List;
import java.util.stream.Stream;

/// QEMU net/vmnet-bridged.m, net/vmnet-host.c and net/vmnet-shared.c, of 7.2 and 10.0 alike: the texts about an
/// "outdated vmnet.framework API" are of builds for macOS 10.15, which none of today's is. What the framework itself
/// refuses (net/vmnet-common.m) is known only when it is asked. Not run on a Mac.
final class VmnetRules {
    private VmnetRules() {}

    static void bridged(Making making) throws Refused {
        String name = making.value("ifname");
        List<String> nics = making.surroundings().bridgeableNics();
        if (name == null || nics.contains(name)) {
            return;
        }
        if (nics.isEmpty()) {
            throw new Refused("unsupported ifname '%s', no supported interfaces available".formatted(name));
        }
        // each one is put before the ones that were there, with a space behind it
        StringBuilder list = new StringBuilder();
        nics.reversed().forEach(nic -> list.append(nic).append(' '));
        throw new Refused("unsupported ifname '%s', expected one of [ %s]".formatted(name, list));
    }

    static void host(Making making) throws Refused {
        String identity = making.value("net-uuid");
        if (identity != null && !identity.matches("[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")) {
            throw new Refused("Invalid UUID provided in 'net-uuid'");
        }
        addresses(making);
    }

    static void shared(Making making) throws Refused {
        addresses(making);
    }

    private static void addresses(Making making) throws Refused {
        long given = Stream.of("start-address", "end-address", "subnet-mask")
                .filter(making::has)
                .count();
        if (given != 0 && given != 3) {
            throw new Refused("'start-address', 'end-address', 'subnet-mask' should be provided together");
        }
    }
}
