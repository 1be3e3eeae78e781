package vmlan.qemu.language.backend;

import vmlan.qemu.language.Surroundings;

/// The same in QEMU net/socket.c and net/dgram.c: a socket that is in a multicast group.
final class Multicast {
    private Multicast() {}

    /// @param local the address of the interface; null: the route says it
    static void check(Making making, HostPort group, String local) throws Refused {
        if (!InternetText.isMulticast(group.address())) {
            throw new Refused("specified mcastaddr %s (0x%08x) does not contain a multicast address"
                    .formatted(group.host(), group.address()));
        }
        group.bind(making, Surroundings.Transport.SHARED_UDP);
        String why = making.surroundings().whyNotJoin(group.host(), local).orElse(null);
        if (why != null) {
            throw new Refused("can't add socket to multicast group %s: %s".formatted(group.host(), why));
        }
        group.sayWhetherCut(making, "port");
    }
}
