package vmlan.network.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import vmlan.network.Recorder;
import vmlan.network.SwitchPort;
import vmlan.network.gateway.Packets;

/// A guest's TCP, played by a test segment by segment. Sequence numbers are relative: the guest's begin at 0
/// with its SYN, ours with our SYN; so the first byte of data has 1.
///
/// A segment is written `flags seq ack options…`, where options are `win=N len=N data=TEXT mss=N ws=N sackok
/// ts=VALUE,ECHO sack=L-R,L-R`. Flags are of `SFRPAU`. What is expected is written the same way; the window and
/// timestamps are shown only when asked for.
final class Guest {
    static final int ISN = 0xffff_ff00;

    final TcpSite site;
    final Recorder recorder;
    final String mac;
    final String address;
    String remote;
    int port = 40000;
    int remotePort = 80;
    /// Our ISN, once it was seen.
    int theirs;
    boolean knowsTheirs;
    boolean showsWindow;
    boolean showsTimestamps;
    int window = 65535;
    Segment last;

    /// A segment that was received.
    @SuppressWarnings("ArrayRecordComponent") // read by the test that polled it, and by nobody else
    record Segment(
            int flags,
            int sequence,
            int acknowledgement,
            int window,
            int mss,
            int scale,
            boolean sackPermitted,
            long timestamp,
            long echo,
            List<int[]> sacks,
            byte[] data,
            int from,
            int to) {}

    Guest(TcpSite site, String mac, String address) {
        this.site = site;
        this.mac = mac;
        this.address = address;
        remote = address.contains(":") ? "2001:db8::1" : "198.51.100.1";
        recorder = new Recorder()
                .connect(site.network, "vm-" + site.network.ports().size(), false);
    }

    /// Another connection of the same guest.
    private Guest(Guest other, int port) {
        site = other.site;
        mac = other.mac;
        address = other.address;
        remote = other.remote;
        recorder = other.recorder;
        this.port = port;
    }

    Guest onPort(int other) {
        return new Guest(this, other);
    }

    SwitchPort switchPort() {
        return recorder.port();
    }

    /// Sends a segment as one batch.
    Guest send(String script) {
        put(script);
        site.network.flush();
        site.settle();
        return this;
    }

    /// Sends a segment, and more of the batch will follow.
    Guest put(String script) {
        site.send(switchPort(), frame(script));
        return this;
    }

    byte[] frame(String script) {
        byte[] segment = segment(script);
        boolean ipv6 = address.contains(":");
        byte[] packet = ipv6 ? Packets.tcp6(address, remote, segment) : Packets.tcp4(address, remote, segment);
        return Packets.ethernet(TcpSite.MAC, mac, ipv6 ? 0x86dd : 0x0800, packet);
    }

    private byte[] segment(String script) {
        String[] words = script.split(" ");
        int flags = flags(words[0]);
        int sequence = ISN + (int) Long.parseLong(words[1]);
        int first = 2;
        int acknowledgement = 0;
        if ((flags & 16) != 0) {
            acknowledgement = theirs + (int) Long.parseLong(words[2]);
            first = 3;
        }
        int win = window;
        byte[] data = {};
        byte[] options = {};
        for (int i = first; i < words.length; i++) {
            String[] pair = words[i].split("=", 2);
            switch (pair[0]) {
                case "win" -> win = Integer.parseInt(pair[1]);
                case "len" -> data = pattern(sequence - ISN, Integer.parseInt(pair[1]));
                case "data" -> data = pair[1].getBytes(StandardCharsets.US_ASCII);
                default -> options = Packets.bytes(options, option(pair));
            }
        }
        options = Packets.bytes(options, new byte[(4 - options.length % 4) % 4]);
        byte[] header = Packets.bytes(
                Packets.u16(port),
                Packets.u16(remotePort),
                Packets.u32(sequence),
                Packets.u32(acknowledgement),
                new byte[] {(byte) ((5 + options.length / 4) << 4), (byte) flags},
                Packets.u16(win),
                Packets.u32((flags & 32) != 0 ? 5 : 0));
        return Packets.bytes(header, options, data);
    }

    private byte[] option(String[] pair) {
        return switch (pair[0]) {
            case "mss" -> Packets.bytes(new byte[] {2, 4}, Packets.u16(Integer.parseInt(pair[1])));
            case "ws" -> new byte[] {1, 3, 3, (byte) Integer.parseInt(pair[1])};
            case "sackok" -> new byte[] {1, 1, 4, 2};
            case "ts" -> {
                String[] values = pair[1].split(",");
                yield Packets.bytes(
                        new byte[] {1, 1, 8, 10}, Packets.u32(Integer.parseInt(values[0])), Packets.u32((int)
                                Long.parseLong(values[1])));
            }
            case "sack" -> {
                String[] blocks = pair[1].split(",");
                byte[] all = {1, 1, 5, (byte) (2 + 8 * blocks.length)};
                for (String block : blocks) {
                    String[] ends = block.split("-");
                    all = Packets.bytes(
                            all,
                            Packets.u32(theirs + Integer.parseInt(ends[0])),
                            Packets.u32(theirs + Integer.parseInt(ends[1])));
                }
                yield all;
            }
            case "raw" -> Packets.hex(pair[1]);
            default -> throw new IllegalArgumentException(pair[0]);
        };
    }

    static int flags(String letters) {
        int flags = 0;
        for (int i = 0; i < letters.length(); i++) {
            char letter = letters.charAt(i);
            flags |= letter == '.' ? 0 : 1 << "FSRPAU".indexOf(letter);
        }
        return flags;
    }

    /// Bytes that tell where in the stream they belong.
    static byte[] pattern(int sequence, int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) ((sequence + i) * 31 + ((sequence + i) >> 8));
        }
        return bytes;
    }

    /// Takes the next segment for this connection, or null.
    Segment poll() {
        byte[] frame = recorder.poll();
        if (frame == null) {
            return null;
        }
        ByteBuffer bytes = ByteBuffer.wrap(frame);
        boolean ipv6 = bytes.getShort(12) == (short) 0x86dd;
        int at = ipv6 ? 54 : 34;
        int length = (ipv6 ? bytes.getShort(18) & 0xffff : (bytes.getShort(16) & 0xffff) - 20);
        byte[] segment = Arrays.copyOfRange(frame, at, at + length);
        byte[] pseudo = ipv6
                ? Packets.bytes(Arrays.copyOfRange(frame, 22, 54), Packets.u32(length), Packets.u32(6), segment)
                : Packets.bytes(Arrays.copyOfRange(frame, 26, 34), Packets.u16(6), Packets.u16(length), segment);
        assertThat(Packets.checksum(pseudo)).as("TCP checksum").isZero();
        last = read(ByteBuffer.wrap(segment));
        return last;
    }

    private static Segment read(ByteBuffer bytes) {
        int header = (bytes.get(12) >>> 4 & 0xf) * 4;
        int mss = 0;
        int scale = -1;
        boolean permitted = false;
        long value = 0;
        long echo = -1;
        List<int[]> sacks = new ArrayList<>();
        for (int at = 20; at < header; ) {
            int kind = bytes.get(at);
            if (kind == 1) {
                at++;
                continue;
            }
            int size = bytes.get(at + 1);
            switch (kind) {
                case 2 -> mss = bytes.getShort(at + 2) & 0xffff;
                case 3 -> scale = bytes.get(at + 2);
                case 4 -> permitted = true;
                case 5 -> {
                    for (int i = at + 2; i < at + size; i += 8) {
                        sacks.add(new int[] {bytes.getInt(i), bytes.getInt(i + 4)});
                    }
                }
                case 8 -> {
                    value = bytes.getInt(at + 2);
                    echo = bytes.getInt(at + 6);
                }
                default -> throw new AssertionError("option " + kind);
            }
            at += size;
        }
        byte[] data = new byte[bytes.capacity() - header];
        bytes.get(header, data);
        return new Segment(
                bytes.get(13) & 0x3f,
                bytes.getInt(4),
                bytes.getInt(8),
                bytes.getShort(14) & 0xffff,
                mss,
                scale,
                permitted,
                value,
                echo,
                sacks,
                data,
                bytes.getShort(0) & 0xffff,
                bytes.getShort(2) & 0xffff);
    }

    /// The segment as scripts write it.
    private String show(Segment s) {
        StringBuilder text = new StringBuilder();
        for (int i = 5; i >= 0; i--) {
            text.append((s.flags >> i & 1) != 0 ? String.valueOf("FSRPAU".charAt(i)) : "");
        }
        if ((s.flags & 2) != 0) {
            theirs = s.sequence;
            knowsTheirs = true;
        }
        text.append(' ').append(knowsTheirs ? s.sequence - theirs : s.sequence);
        if ((s.flags & 16) != 0) {
            text.append(' ').append(s.acknowledgement - ISN);
        }
        text.append(s.data.length > 0 ? " len=" + s.data.length : "");
        text.append(showsWindow ? " win=" + s.window : "");
        text.append(s.mss > 0 ? " mss=" + s.mss : "");
        text.append(s.sackPermitted ? " sackok" : "");
        text.append(showsTimestamps ? " ts=" + s.echo : "");
        text.append(s.scale >= 0 ? " ws=" + s.scale : "");
        if (!s.sacks.isEmpty()) {
            text.append(" sack=");
            for (int i = 0; i < s.sacks.size(); i++) {
                text.append(i > 0 ? "," : "")
                        .append(s.sacks.get(i)[0] - ISN)
                        .append('-')
                        .append(s.sacks.get(i)[1] - ISN);
            }
        }
        return text.toString();
    }

    /// The next segments must be these, in this order.
    Guest expect(String... lines) {
        for (String line : lines) {
            Segment segment = poll();
            assertThat(segment == null ? "silence" : show(segment)).isEqualTo(line);
        }
        return this;
    }

    Guest silence() {
        Segment segment = poll();
        assertThat(segment == null ? "silence" : show(segment)).isEqualTo("silence");
        return this;
    }

    /// Throws away what came, but looks at it.
    Guest skip() {
        while (poll() != null) {}
        return this;
    }

    Guest pass(long nanos) {
        site.pass(nanos);
        return this;
    }

    Guest passSeconds(double seconds) {
        site.passSeconds(seconds);
        return this;
    }

    FakeStream stream() {
        return site.stream();
    }

    /// Connects, the host answers, and all is quiet.
    Guest connected(String options) {
        send("S 0 " + options);
        stream().events.connected(site.now);
        site.settle();
        Segment segment = poll();
        assertThat(segment).as("SYN and ACK").isNotNull();
        show(segment);
        assertThat(segment.flags).isEqualTo(18);
        send("A 1 1" + (options.contains("ts=") ? " ts=1,0" : ""));
        return silence();
    }

    Guest connected() {
        return connected("mss=1460");
    }

    Guest hostSays(int length) {
        stream().says(pattern(1, length));
        site.settle();
        return this;
    }
}
