package vmlan.network.tcp;

import java.nio.ByteBuffer;
import vmlan.network.ip.IpPacket;
import vmlan.network.ip.Outbox;
import vmlan.packet.Checksum;
import vmlan.packet.IpAddress;
import vmlan.packet.IpProtocol;
import vmlan.packet.Ipv4Header;
import vmlan.packet.Ipv6Header;
import vmlan.packet.TcpHeader;
import vmlan.packet.TcpOptions;

/// Makes segments: header, options, data out of a flow's ring, checksum.
///
/// Every segment but a reset carries the acknowledgement and the window of now, so sending one settles what was
/// to be acknowledged.
final class SegmentWriter {
    private final Outbox out;
    private final ReceiveWindow windows;
    private final int mtu;

    SegmentWriter(Outbox out, ReceiveWindow windows, int mtu) {
        this.out = out;
        this.windows = windows;
        this.mtu = mtu;
    }

    /// What we can take, and send, in one segment (RFC 9293 §3.7.1).
    int mss(boolean ipv4) {
        return mtu - (ipv4 ? Ipv4Header.LENGTH : Ipv6Header.LENGTH) - TcpHeader.LENGTH;
    }

    /// Nanoseconds to units of about a millisecond (RFC 7323 §5.4).
    static int clock(TcpFlow flow, long now) {
        return (int) (now >>> 20) + flow.timestampOffset;
    }

    boolean hasRoom(int length) {
        return out.room() >= Outbox.sizeOf(TcpHeader.LENGTH + TcpOptions.MAX_LENGTH + length);
    }

    /// What options take of a segment with data.
    int optionLength(TcpFlow flow) {
        int length = flow.timestamps ? TcpOptions.TIMESTAMPS_LENGTH : 0;
        return length + sackLength(flow, length);
    }

    private static int sackLength(TcpFlow flow, int others) {
        if (!flow.sack || flow.early.isEmpty()) {
            return 0;
        }
        return TcpOptions.SACK_LENGTH + sackBlocks(flow, others) * TcpOptions.SACK_BLOCK_LENGTH;
    }

    private static int sackBlocks(TcpFlow flow, int others) {
        int fit = (TcpOptions.MAX_LENGTH - others - TcpOptions.SACK_LENGTH) / TcpOptions.SACK_BLOCK_LENGTH;
        return Math.min(fit, flow.early.count());
    }

    /// An acknowledgement alone. Its number is the highest that was sent, also while older data is sent again:
    /// with a lower one the guest would not look at it (RFC 9293 §3.10.7.4), and two ends that both send again
    /// would never hear each other. But not one beyond the guest's window, for the same reason.
    boolean acknowledge(TcpFlow flow, long now) {
        int sequence = flow.una + Math.min(flow.flight(), flow.window);
        return send(flow, TcpHeader.ACK, sequence, 0, 0, now);
    }

    /// Sends a segment of an established connection.
    ///
    /// @param at where the data begins in the ring
    /// @return false when the outbox has no room
    boolean send(TcpFlow flow, int flags, int sequence, int at, int length, long now) {
        int options = optionLength(flow);
        int headerLength = TcpHeader.LENGTH + options;
        if (!hasRoom(length)) {
            return false;
        }
        int segment = out.reserve(flow.ipv4, headerLength + length);
        if (segment < 0) {
            return false;
        }
        ByteBuffer buffer = out.buffer();
        int option = segment + TcpHeader.LENGTH;
        if (flow.timestamps) {
            TcpOptions.writeTimestamps(buffer, option, clock(flow, now), flow.recentTimestamp);
            option += TcpOptions.TIMESTAMPS_LENGTH;
        }
        if (option < segment + headerLength) {
            int blocks = sackBlocks(flow, option - segment - TcpHeader.LENGTH);
            TcpOptions.writeSack(buffer, option, blocks);
            for (int i = 0; i < blocks; i++) {
                TcpOptions.writeSackBlock(buffer, option, i, flow.early.left(i), flow.early.right(i));
            }
        }
        if (length > 0) {
            flow.sending.copy(at, length, buffer, segment + headerLength);
        }
        write(flow, segment, headerLength, length, sequence, flow.receiveNext, flags, windows.offer(flow), now);
        settle(flow);
        return true;
    }

    /// A SYN, alone or with an acknowledgement.
    boolean sendSyn(TcpFlow flow, boolean acknowledges, long now) {
        if (!hasRoom(0)) {
            return false;
        }
        boolean scales = flow.receiveShift > 0 || !acknowledges;
        int options = TcpOptions.MSS_LENGTH
                + (flow.sack ? TcpOptions.SACK_PERMITTED_LENGTH : 0)
                + (flow.timestamps ? TcpOptions.TIMESTAMPS_LENGTH : 0)
                + (scales ? TcpOptions.WINDOW_SCALE_LENGTH : 0);
        int segment = out.reserve(flow.ipv4, TcpHeader.LENGTH + options);
        if (segment < 0) {
            return false;
        }
        ByteBuffer buffer = out.buffer();
        int option = segment + TcpHeader.LENGTH;
        TcpOptions.writeMss(buffer, option, mss(flow.ipv4));
        option += TcpOptions.MSS_LENGTH;
        if (flow.sack) {
            TcpOptions.writeSackPermitted(buffer, option);
            option += TcpOptions.SACK_PERMITTED_LENGTH;
        }
        if (flow.timestamps) {
            int echo = acknowledges ? flow.recentTimestamp : 0;
            TcpOptions.writeTimestamps(buffer, option, clock(flow, now), echo);
            option += TcpOptions.TIMESTAMPS_LENGTH;
        }
        if (scales) {
            TcpOptions.writeWindowScale(buffer, option, windows.shift());
        }
        int flags = acknowledges ? TcpHeader.SYN | TcpHeader.ACK : TcpHeader.SYN;
        int acknowledgement = acknowledges ? flow.receiveNext : 0;
        int length = TcpHeader.LENGTH + options;
        write(flow, segment, length, 0, flow.iss, acknowledgement, flags, windows.first(flow), now);
        settle(flow);
        return true;
    }

    private static void settle(TcpFlow flow) {
        flow.lastAcknowledged = flow.receiveNext;
        flow.acknowledge = false;
        flow.acknowledgeNow = false;
        flow.acknowledgeAt = TcpFlow.NEVER;
    }

    /// A reset that the guest believes: with the number that it expects (RFC 5961 §3.2).
    void reset(TcpFlow flow, long now) {
        if (!hasRoom(0)) {
            return; // it learns when it sends the next segment
        }
        int segment = out.reserve(flow.ipv4, TcpHeader.LENGTH);
        if (segment >= 0) {
            int flags = TcpHeader.RST | TcpHeader.ACK;
            write(flow, segment, TcpHeader.LENGTH, 0, flow.max, flow.receiveNext, flags, 0, now);
        }
    }

    private void write(
            TcpFlow flow,
            int segment,
            int headerLength,
            int length,
            int sequence,
            int acknowledgement,
            int flags,
            int window,
            long now) {
        int whole = headerLength + length;
        TcpHeader.write(
                out.buffer(),
                segment,
                headerLength,
                length,
                flow.remotePort(),
                flow.guestTcpPort(),
                sequence,
                acknowledgement,
                flags,
                window,
                pseudoHeader(flow.remoteHigh(), flow.remoteLow(), flow.guestHigh(), flow.guestLow(), flow.ipv4, whole));
        out.sendIp(
                flow.mac(),
                0,
                IpProtocol.TCP,
                flow.remoteHigh(),
                flow.remoteLow(),
                flow.guestHigh(),
                flow.guestLow(),
                segment,
                whole,
                now);
    }

    private static long pseudoHeader(
            long sourceHigh, long sourceLow, long destinationHigh, long destinationLow, boolean ipv4, int length) {
        return ipv4
                ? Checksum.pseudoHeader((int) sourceLow, (int) destinationLow, IpProtocol.TCP, length)
                : Checksum.pseudoHeader(sourceHigh, sourceLow, destinationHigh, destinationLow, IpProtocol.TCP, length);
    }

    /// Answers a segment that belongs to no connection (RFC 9293 §3.10.7.1). A reset is no longer than what it
    /// answers, so it needs no limit.
    void refuse(long toMac, IpPacket packet, TcpHeader tcp, long now) {
        if (tcp.has(TcpHeader.RST)) {
            return;
        }
        boolean acknowledges = tcp.has(TcpHeader.ACK);
        refuse(
                toMac,
                packet.destinationHigh(),
                packet.destinationLow(),
                tcp.destinationPort(),
                packet.sourceHigh(),
                packet.sourceLow(),
                tcp.sourcePort(),
                acknowledges ? tcp.acknowledgement() : 0,
                acknowledges ? 0 : tcp.sequence() + tcp.sequenceLength(),
                acknowledges ? TcpHeader.RST : TcpHeader.RST | TcpHeader.ACK,
                now);
    }

    /// Answers an acknowledgement of what was never sent, before the connection is there (RFC 9293 §3.10.7.4).
    void refuseAcknowledgement(TcpFlow flow, int acknowledgement, long now) {
        refuse(
                flow.mac(),
                flow.remoteHigh(),
                flow.remoteLow(),
                flow.remotePort(),
                flow.guestHigh(),
                flow.guestLow(),
                flow.guestTcpPort(),
                acknowledgement,
                0,
                TcpHeader.RST,
                now);
    }

    /// Refuses the SYN that a flow began with.
    void refuse(TcpFlow flow, long now) {
        refuse(
                flow.mac(),
                flow.remoteHigh(),
                flow.remoteLow(),
                flow.remotePort(),
                flow.guestHigh(),
                flow.guestLow(),
                flow.guestTcpPort(),
                0,
                flow.irs + 1,
                TcpHeader.RST | TcpHeader.ACK,
                now);
    }

    private void refuse(
            long toMac,
            long sourceHigh,
            long sourceLow,
            int sourcePort,
            long high,
            long low,
            int port,
            int sequence,
            int acknowledgement,
            int flags,
            long now) {
        boolean ipv4 = IpAddress.isIpv4(high, low);
        int segment = out.reserve(ipv4, TcpHeader.LENGTH);
        if (segment < 0) {
            return;
        }
        long pseudoHeader = pseudoHeader(sourceHigh, sourceLow, high, low, ipv4, TcpHeader.LENGTH);
        TcpHeader.write(
                out.buffer(),
                segment,
                TcpHeader.LENGTH,
                0,
                sourcePort,
                port,
                sequence,
                acknowledgement,
                flags,
                0,
                pseudoHeader);
        out.sendIp(toMac, 0, IpProtocol.TCP, sourceHigh, sourceLow, high, low, segment, TcpHeader.LENGTH, now);
    }
}
