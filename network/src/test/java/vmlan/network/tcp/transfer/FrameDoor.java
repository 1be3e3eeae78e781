package vmlan.network.tcp.transfer;

import java.nio.ByteBuffer;
import vmlan.network.FrameSink;
import vmlan.network.SwitchPort;
import vmlan.network.ip.IpPacket;
import vmlan.network.tcp.TcpStack;
import vmlan.packet.EthernetHeader;
import vmlan.packet.IpProtocol;
import vmlan.packet.Ipv4Header;
import vmlan.packet.Ipv6Header;

/// Stands where the gateway stands: checks Ethernet and IP headers, and hands segments to the stack.
public final class FrameDoor implements FrameSink {
    private final EthernetHeader ethernet = new EthernetHeader();
    private final Ipv4Header ipv4 = new Ipv4Header();
    private final Ipv6Header ipv6 = new Ipv6Header();
    private final IpPacket packet = new IpPacket();
    private TcpStack stack;
    private long refused;

    public void stack(TcpStack behind) {
        stack = behind;
    }

    @Override
    public void accept(SwitchPort from, ByteBuffer buffer, int offset, int length, long now) {
        if (!ethernet.aim(buffer, offset, length) || !aim() || packet.isFragment()) {
            refused++;
        } else if (packet.protocol() == IpProtocol.TCP) {
            stack.accept(from, ethernet.source(), packet, now);
        }
    }

    private boolean aim() {
        if (ethernet.type() == EthernetHeader.TYPE_IPV4) {
            boolean isGood = ipv4.aim(ethernet.buffer(), ethernet.payloadOffset(), ethernet.payloadLength())
                    && ipv4.checksumIsRight();
            return isGood && packet.aim(ipv4) != null;
        }
        return ethernet.type() == EthernetHeader.TYPE_IPV6
                && ipv6.aim(ethernet.buffer(), ethernet.payloadOffset(), ethernet.payloadLength())
                && packet.aim(ipv6) != null;
    }

    @Override
    public void flush() {}

    /// Frames that are not IP, or not right.
    public long refused() {
        return refused;
    }
}
