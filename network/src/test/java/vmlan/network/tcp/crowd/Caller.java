package vmlan.network.tcp.crowd;

import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import vmlan.network.FrameSink;
import vmlan.network.Frames;
import vmlan.network.Switch;
import vmlan.network.SwitchPort;
import vmlan.packet.Checksum;
import vmlan.packet.EthernetHeader;
import vmlan.packet.IpProtocol;
import vmlan.packet.Ipv4Header;

/// A guest of a test with its port of the switch and any number of [Call]s.
public final class Caller implements FrameSink {
    private static final byte[] NO_BYTES = {};
    private static final int PORTS = 65_536;

    private final Crowd crowd;
    private final Switch network;
    private final SwitchPort port;
    private final long mac;
    private final int address;
    private final Call[] calls = new Call[PORTS];
    private ByteBuffer inbox = ByteBuffer.allocate(1 << 20);
    /// What came before it was begun to answer.
    private ByteBuffer opened = ByteBuffer.allocate(1 << 20);
    private final ByteBuffer frame = ByteBuffer.allocateDirect(4096);
    private int sequence = 1_000_000;
    private int nextPort = 1024;

    Caller(Crowd crowd, Switch network, int number) {
        this.crowd = crowd;
        this.network = network;
        mac = 0x5254_0000_0100L + number;
        address = 0xc0a8_4000 + 10 + number;
        port = network.connect("guest" + number, false, self -> this);
    }

    public SwitchPort port() {
        return port;
    }

    Crowd crowd() {
        return crowd;
    }

    /// Begins a connection from a port that is not in use.
    public Call call(Manner manner) {
        for (int tries = 0; calls[nextPort] != null && tries < PORTS; tries++) {
            nextPort = nextPort == PORTS - 1 ? 1024 : nextPort + 1;
        }
        Call call = new Call(this, nextPort, crowd.remotePort(manner), manner, sequence);
        sequence += 77_777;
        calls[nextPort] = call;
        nextPort = nextPort == PORTS - 1 ? 1024 : nextPort + 1;
        call.begin();
        return call;
    }

    /// Its port may be used again.
    public void forget(Call call) {
        for (int i = 0; i < PORTS; i++) {
            if (calls[i] == call) {
                calls[i] = null;
            }
        }
    }

    public void forgetAll() {
        java.util.Arrays.fill(calls, null);
    }

    Call at(int tcpPort) {
        return calls[tcpPort];
    }

    void send(int tcpPort, int remotePort, int seq, int ack, int flags, int window, byte[] data) {
        send(tcpPort, remotePort, seq, ack, flags, window, NO_BYTES, data);
    }

    /// @param options a multiple of four bytes
    public void send(
            int tcpPort, int remotePort, int seq, int ack, int flags, int window, byte[] options, byte[] data) {
        int at = Frames.LENGTH_BYTES;
        int ip = at + EthernetHeader.LENGTH;
        int tcp = ip + Ipv4Header.LENGTH;
        int length = 20 + options.length + data.length;
        EthernetHeader.write(frame, at, Crowd.GATEWAY_MAC, mac, EthernetHeader.TYPE_IPV4);
        Ipv4Header.write(frame, ip, 0, 64, IpProtocol.TCP, address, Crowd.REMOTE, length);
        frame.putShort(tcp, (short) tcpPort)
                .putShort(tcp + 2, (short) remotePort)
                .putInt(tcp + 4, seq)
                .putInt(tcp + 8, ack)
                .putShort(tcp + 12, (short) ((0x5000 + ((options.length / 4) << 12)) | flags))
                .putShort(tcp + 14, (short) window)
                .putInt(tcp + 16, 0)
                .put(tcp + 20, options)
                .put(tcp + 20 + options.length, data);
        long sum = Checksum.pseudoHeader(address, Crowd.REMOTE, IpProtocol.TCP, length);
        frame.putShort(tcp + 16, (short) Checksum.finish(Checksum.add(sum, frame, tcp, length)));
        int frameLength = tcp + length - at;
        frame.putInt(0, frameLength);
        crowd.sends(this, frame.getShort(tcp) & 0xffff);
        network.receive(port, frame, at, frameLength, crowd.now());
    }

    /// The segment that was sent last, once more, after some of its bytes have been changed by chance.
    ///
    /// @param summed whether the checksum is made right afterwards
    public void sendMutated(SplittableRandom random, boolean summed) {
        int ip = Frames.LENGTH_BYTES + EthernetHeader.LENGTH;
        int tcp = ip + Ipv4Header.LENGTH;
        int length = (frame.getShort(ip + 2) & 0xffff) - Ipv4Header.LENGTH;
        for (int changes = random.nextInt(1, 5); changes > 0; changes--) {
            // most of them in the header and its options, and not in the ports
            int at = tcp + 4 + random.nextInt(random.nextInt(4) == 0 ? Math.max(1, length - 4) : 56);
            frame.put(at, (byte) (random.nextBoolean() ? random.nextInt() : frame.get(at) ^ (1 << random.nextInt(8))));
        }
        int newLength = random.nextInt(4) == 0 ? random.nextInt(length + 1) : length;
        Ipv4Header.write(frame, ip, 0, 64, IpProtocol.TCP, address, Crowd.REMOTE, newLength);
        if (summed && newLength >= 20) {
            long sum = Checksum.pseudoHeader(address, Crowd.REMOTE, IpProtocol.TCP, newLength);
            frame.putShort(tcp + 16, (short) 0);
            frame.putShort(tcp + 16, (short) Checksum.finish(Checksum.add(sum, frame, tcp, newLength)));
        }
        int frameLength = tcp + newLength - Frames.LENGTH_BYTES;
        frame.putInt(0, frameLength);
        crowd.sends(this, frame.getShort(tcp) & 0xffff);
        network.receive(port, frame, Frames.LENGTH_BYTES, frameLength, crowd.now());
    }

    @Override
    public void accept(SwitchPort from, ByteBuffer buffer, int offset, int length, long now) {
        if (EthernetHeader.destination(buffer, offset) != mac) {
            return; // flooded: its guest was silent for long
        }
        if (inbox.remaining() < Integer.BYTES + length) {
            port.drop(vmlan.network.DropReason.QUEUE_FULL);
            return;
        }
        inbox.putInt(length).put(inbox.position(), buffer, offset, length);
        inbox.position(inbox.position() + length);
    }

    @Override
    public void flush() {}

    /// Answers what came since the last time.
    ///
    /// @return whether something came
    boolean answer() {
        if (inbox.position() == 0) {
            return false;
        }
        ByteBuffer mail = inbox;
        inbox = opened;
        opened = mail;
        mail.flip();
        while (mail.hasRemaining()) {
            int length = mail.getInt();
            Segment segment = Segment.of(mail, mail.position());
            mail.position(mail.position() + length);
            Call call = segment == null ? null : calls[segment.destinationPort()];
            if (call != null) {
                call.received(segment);
            }
        }
        mail.clear();
        return true;
    }
}
