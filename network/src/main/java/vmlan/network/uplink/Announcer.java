package vmlan.network.uplink;

import java.nio.ByteBuffer;
import vmlan.network.DropReason;
import vmlan.network.SwitchPort;
import vmlan.packet.ArpHeader;
import vmlan.packet.Checksum;
import vmlan.packet.EthernetHeader;
import vmlan.packet.IcmpHeader;
import vmlan.packet.IpProtocol;
import vmlan.packet.Ipv6Address;
import vmlan.packet.Ipv6Header;
import vmlan.packet.MacAddress;
import vmlan.packet.NdOptions;

/// Tells the LAN where the guests are, when they may be elsewhere than the LAN thinks: after a start, on
/// another access point, behind another port of a switch. For IPv4 an ARP announcement (RFC 5227 §2.3), for
/// IPv6 an unsolicited neighbour advertisement with the override flag (RFC 4861 §7.2.6), each twice.
///
/// With translation each new IPv6 address is told too, once: who had it before, on another host or on this one without
/// translation, had it with another MAC, and stations that remember that would ask there first. For IPv4 a guest's own
/// first question tells it (RFC 826); the test of an IPv6 address does not (RFC 4861 §7.2.3, unspecified source).
///
/// Thousands of addresses go out in small goes, because a NIC's queue and an access point's air are small.
final class Announcer {
    private static final int ROUNDS = 2;
    /// RFC 5227 §1.1, ANNOUNCE_INTERVAL: two seconds; RFC 4861 §10, RETRANS_TIMER: one. The shorter serves
    /// both, since the second is only there for a lost first.
    private static final long BETWEEN_ROUNDS_NANOS = 1_000_000_000L;

    private static final int AT_ONCE = 32;
    private static final long BETWEEN_GOES_NANOS = 20_000_000L;

    private static final int ON_LINK_HOPS = 255;
    private static final int OVERRIDE = 0x2000_0000;
    private static final int ADVERTISEMENT_LENGTH = 32;
    private static final int PACKET = EthernetHeader.LENGTH;

    private final ByteBuffer frame =
            ByteBuffer.allocateDirect(EthernetHeader.LENGTH + Ipv6Header.LENGTH + ADVERTISEMENT_LENGTH);
    private final Wire wire;
    private final SwitchPort port;
    private final AddressTable addresses;
    private final boolean translate;
    /// What was told of each place of the table, so that a round can leave out what is not new.
    private final long[] told = new long[AddressTable.LIMIT];

    private long seenChanges;
    private boolean onlyNew;
    private long nicMac;
    private int rounds;
    private int place;
    private long roundStart;
    private long nextTick;

    Announcer(Wire wire, SwitchPort port, AddressTable addresses, boolean translate) {
        this.wire = wire;
        this.port = port;
        this.addresses = addresses;
        this.translate = translate;
    }

    void nic(long mac) {
        nicMac = mac;
    }

    /// From the next tick on; a round under way begins anew.
    void start(long now) {
        onlyNew = false;
        rounds = ROUNDS;
        place = 0;
        roundStart = now;
        nextTick = now;
    }

    /// Looks for new addresses, unless a round is under way; that one's end looks again.
    void lookForNew(long now) {
        if (translate && rounds == 0 && addresses.changes() != seenChanges) {
            seenChanges = addresses.changes();
            start(now);
            onlyNew = true;
            rounds = 1;
        }
    }

    long nanosToTick(long now) {
        if (translate && rounds == 0 && addresses.changes() != seenChanges) {
            return 0;
        }
        return rounds == 0 ? Long.MAX_VALUE : Math.max(0, nextTick - now);
    }

    void tick(long now) {
        if (rounds == 0 || nextTick - now > 0) {
            return;
        }
        int sent = 0;
        for (; place < AddressTable.LIMIT && sent < AT_ONCE; place++) {
            if (addresses.isListed(place) && (!onlyNew || isNews())) {
                announce();
                told[place] = identity();
                sent++;
            }
        }
        nextTick = now + BETWEEN_GOES_NANOS;
        if (place == AddressTable.LIMIT) {
            rounds--;
            place = 0;
            roundStart = Math.max(roundStart, now - BETWEEN_ROUNDS_NANOS) + BETWEEN_ROUNDS_NANOS;
            nextTick = roundStart;
        }
    }

    private boolean isNews() {
        return !addresses.isIpv4(place) && told[place] != identity();
    }

    /// Who and what is at this place: it may be used again for another.
    private long identity() {
        return addresses.high(place) * 31 + addresses.low(place) * 17 + addresses.mac(place);
    }

    private void announce() {
        long mac = translate ? nicMac : addresses.mac(place);
        int length = addresses.isIpv4(place) ? writeArp(mac) : writeAdvertisement(mac);
        if (wire.toLan(frame, 0, length)) {
            port.transmitted(1, length);
        } else {
            port.drop(DropReason.QUEUE_FULL);
        }
    }

    private int writeArp(long mac) {
        int address = (int) addresses.low(place);
        EthernetHeader.write(frame, 0, MacAddress.BROADCAST.bits(), mac, EthernetHeader.TYPE_ARP);
        ArpHeader.write(frame, PACKET, ArpHeader.REQUEST, mac, address, 0, address);
        for (int i = ArpHeader.LENGTH; i < EthernetHeader.MIN_PAYLOAD; i++) {
            frame.put(PACKET + i, (byte) 0);
        }
        return PACKET + EthernetHeader.MIN_PAYLOAD;
    }

    private int writeAdvertisement(long mac) {
        long high = addresses.high(place);
        long low = addresses.low(place);
        Ipv6Address all = Ipv6Address.ALL_NODES;
        EthernetHeader.write(frame, 0, EthernetHeader.ipv6Group(all.low()), mac, EthernetHeader.TYPE_IPV6);
        Ipv6Header.write(
                frame,
                PACKET,
                0,
                ON_LINK_HOPS,
                IpProtocol.ICMPV6,
                high,
                low,
                all.high(),
                all.low(),
                ADVERTISEMENT_LENGTH);
        int message = PACKET + Ipv6Header.LENGTH;
        IcmpHeader.write(frame, message, IcmpHeader.NEIGHBOUR_ADVERTISEMENT, 0, OVERRIDE);
        frame.putLong(message + 8, high);
        frame.putLong(message + 16, low);
        NdOptions.writeMac(frame, message + 24, NdOptions.TARGET_LINK_LAYER, mac);
        long pseudoHeader =
                Checksum.pseudoHeader(high, low, all.high(), all.low(), IpProtocol.ICMPV6, ADVERTISEMENT_LENGTH);
        IcmpHeader.writeChecksum(frame, message, ADVERTISEMENT_LENGTH, pseudoHeader);
        return message + ADVERTISEMENT_LENGTH;
    }
}
