package vmlan.packet;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/// A router advertisement (RFC 4861 §4.2) with one prefix that hosts make addresses in.
///
/// @param routerLifetimeSeconds how long to use the sender as default router; 0: never
/// @param resolver who answers DNS (RFC 8106 §5.1)
/// @param search the domains of the search list (RFC 8106 §5.2)
/// @param dnsSeconds how long to use the two; 0: no longer
public record RouterAdvertisement(
        int hopLimit,
        int routerLifetimeSeconds,
        MacAddress source,
        int mtu,
        Ipv6Prefix prefix,
        long validSeconds,
        long preferredSeconds,
        Optional<Ipv6Address> resolver,
        List<DomainName> search,
        long dnsSeconds) {
    /// Type to retransmission timer (RFC 4861 §4.2).
    private static final int FIXED_LENGTH = 16;

    private static final int MAC_OPTION_LENGTH = 8;
    private static final int MTU_OPTION_LENGTH = 8;
    private static final int PREFIX_OPTION_LENGTH = 32;
    private static final int RESOLVER_OPTION_LENGTH = 24;
    /// The prefix is on the link, and addresses may be made in it (RFC 4861 §4.6.2).
    private static final int ON_LINK_AUTONOMOUS = 0xc0;

    public RouterAdvertisement {
        search = List.copyOf(search);
    }

    public int length() {
        return FIXED_LENGTH
                + MAC_OPTION_LENGTH
                + MTU_OPTION_LENGTH
                + PREFIX_OPTION_LENGTH
                + (resolver.isPresent() ? RESOLVER_OPTION_LENGTH : 0)
                + searchLength();
    }

    private int searchLength() {
        // option header of eight bytes, then the names, padded to a multiple of eight
        int names = search.stream().mapToInt(name -> name.wire().length).sum();
        return names == 0 ? 0 : 8 + (names + 7) / 8 * 8;
    }

    /// Writes [#length] bytes, with a checksum of zero.
    public void write(ByteBuffer buffer, int offset) {
        IcmpHeader.write(
                buffer,
                offset,
                IcmpHeader.ROUTER_ADVERTISEMENT,
                0,
                (hopLimit << 24) | (routerLifetimeSeconds & 0xffff));
        buffer.putLong(offset + 8, 0); // reachable time and retransmission timer: unspecified
        int at = offset + FIXED_LENGTH;
        NdOptions.writeMac(buffer, at, NdOptions.SOURCE_LINK_LAYER, source.bits());
        at += MAC_OPTION_LENGTH;
        buffer.putLong(at, ((long) NdOptions.MTU << 56) | (1L << 48) | mtu);
        at += MTU_OPTION_LENGTH;
        buffer.putInt(at, (NdOptions.PREFIX << 24) | (4 << 16) | (Ipv6Prefix.LENGTH << 8) | ON_LINK_AUTONOMOUS);
        buffer.putInt(at + 4, (int) validSeconds);
        buffer.putInt(at + 8, (int) preferredSeconds);
        buffer.putInt(at + 12, 0);
        buffer.putLong(at + 16, prefix.high());
        buffer.putLong(at + 24, 0);
        at += PREFIX_OPTION_LENGTH;
        if (resolver.isPresent()) {
            buffer.putInt(at, (NdOptions.DNS_SERVER << 24) | ((RESOLVER_OPTION_LENGTH / 8) << 16));
            buffer.putInt(at + 4, (int) dnsSeconds);
            buffer.putLong(at + 8, resolver.get().high());
            buffer.putLong(at + 16, resolver.get().low());
            at += RESOLVER_OPTION_LENGTH;
        }
        if (!search.isEmpty()) {
            int length = searchLength();
            buffer.putInt(at, (NdOptions.DNS_SEARCH << 24) | ((length / 8) << 16));
            buffer.putInt(at + 4, (int) dnsSeconds);
            int end = at + length;
            at += 8;
            for (DomainName name : search) {
                byte[] wire = name.wire();
                buffer.put(at, wire);
                at += wire.length;
            }
            while (at < end) {
                buffer.put(at++, (byte) 0);
            }
        }
    }
}
