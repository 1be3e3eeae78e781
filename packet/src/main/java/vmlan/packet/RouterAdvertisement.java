package vmlan.packet;

import java.nio.ByteBuffer;
import java.util.Optional;

/// A router advertisement (RFC 4861 §4.2) with one prefix that hosts make addresses in.
///
/// @param routerLifetimeSeconds how long to use the sender as default router; 0: never
/// @param search the domain for the search list (RFC 8106 §5.2)
public record RouterAdvertisement(
        int hopLimit,
        int routerLifetimeSeconds,
        MacAddress source,
        int mtu,
        Ipv6Prefix prefix,
        long validSeconds,
        long preferredSeconds,
        Optional<DomainName> search,
        long searchSeconds) {
    /// Type to retransmission timer (RFC 4861 §4.2).
    private static final int FIXED_LENGTH = 16;

    private static final int MAC_OPTION_LENGTH = 8;
    private static final int MTU_OPTION_LENGTH = 8;
    private static final int PREFIX_OPTION_LENGTH = 32;
    /// The prefix is on the link, and addresses may be made in it (RFC 4861 §4.6.2).
    private static final int ON_LINK_AUTONOMOUS = 0xc0;

    public int length() {
        return FIXED_LENGTH + MAC_OPTION_LENGTH + MTU_OPTION_LENGTH + PREFIX_OPTION_LENGTH + searchLength();
    }

    private int searchLength() {
        // option header of eight bytes, then the name, padded to a multiple of eight
        return search.map(name -> 8 + (name.wire().length + 7) / 8 * 8).orElse(0);
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
        if (search.isPresent()) {
            byte[] name = search.get().wire();
            int length = searchLength();
            buffer.putInt(at, (NdOptions.DNS_SEARCH << 24) | ((length / 8) << 16));
            buffer.putInt(at + 4, (int) searchSeconds);
            buffer.put(at + 8, name);
            for (int i = 8 + name.length; i < length; i++) {
                buffer.put(at + i, (byte) 0);
            }
        }
    }
}
