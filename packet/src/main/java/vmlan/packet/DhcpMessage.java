package vmlan.packet;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/// A DHCPv4 message (RFC 2131 §2, RFC 2132). The server and boot file names are read only where option 52
/// says that they hold options.
///
/// @param operation [#REQUEST] or [#REPLY]
/// @param broadcast the client cannot yet take unicast (RFC 2131 §4.1)
/// @param clientAddress ciaddr: what the client has and answers ARP for
/// @param yourAddress yiaddr: what the server gives
/// @param relayAddress giaddr
/// @param clientMac chaddr
public record DhcpMessage(
        int operation,
        int transaction,
        boolean broadcast,
        Ipv4Address clientAddress,
        Ipv4Address yourAddress,
        Ipv4Address serverAddress,
        Ipv4Address relayAddress,
        MacAddress clientMac,
        DhcpOptions options) {
    public static final int REQUEST = 1;
    public static final int REPLY = 2;

    public static final int SERVER_PORT = 67;
    public static final int CLIENT_PORT = 68;

    /// RFC 1542 §2.1: some clients and relays drop what is shorter.
    public static final int MIN_LENGTH = 300;

    private static final int SERVER_NAME_OFFSET = 44;
    private static final int SERVER_NAME_LENGTH = 64;
    private static final int FILE_OFFSET = 108;
    private static final int FILE_LENGTH = 128;
    private static final int COOKIE_OFFSET = 236;
    private static final int OPTIONS_OFFSET = 240;
    private static final int COOKIE = 0x63825363;

    /// What kind of message (RFC 2132 §9.6).
    public enum Type {
        DISCOVER(1),
        OFFER(2),
        REQUEST(3),
        DECLINE(4),
        ACK(5),
        NAK(6),
        RELEASE(7),
        INFORM(8);

        private final int code;

        Type(int code) {
            this.code = code;
        }

        public int code() {
            return code;
        }
    }

    /// Reads a message; empty when it is not one for Ethernet, or its options pass its end. It keeps no
    /// more bytes than the message has.
    public static Optional<DhcpMessage> parse(ByteBuffer buffer, int offset, int length) {
        if (length < OPTIONS_OFFSET
                || (buffer.getShort(offset + 1) & 0xffff) != DhcpHeader.ETHERNET_6
                || buffer.getInt(offset + COOKIE_OFFSET) != COOKIE) {
            return Optional.empty();
        }
        return DhcpOptions.NONE
                .andRead(buffer, offset + OPTIONS_OFFSET, length - OPTIONS_OFFSET)
                .flatMap(options -> overloaded(options, buffer, offset))
                .map(options -> new DhcpMessage(
                        buffer.get(offset) & 0xff,
                        buffer.getInt(offset + 4),
                        (buffer.getShort(offset + 10) & DhcpHeader.BROADCAST) != 0,
                        new Ipv4Address(buffer.getInt(offset + 12)),
                        new Ipv4Address(buffer.getInt(offset + 16)),
                        new Ipv4Address(buffer.getInt(offset + 20)),
                        new Ipv4Address(buffer.getInt(offset + 24)),
                        new MacAddress(buffer.getLong(offset + 28) >>> 16),
                        options));
    }

    /// The file field before the server name (RFC 2131 §4.1).
    private static Optional<DhcpOptions> overloaded(DhcpOptions options, ByteBuffer buffer, int offset) {
        long fields = options.number(DhcpOptions.OVERLOAD);
        Optional<DhcpOptions> all = Optional.of(options);
        if (fields == 1 || fields == 3) {
            all = all.flatMap(some -> some.andRead(buffer, offset + FILE_OFFSET, FILE_LENGTH));
        }
        if (fields == 2 || fields == 3) {
            all = all.flatMap(some -> some.andRead(buffer, offset + SERVER_NAME_OFFSET, SERVER_NAME_LENGTH));
        }
        return all;
    }

    /// Empty for BOOTP, which has no type, and for types that DHCP has got later.
    public Optional<Type> type() {
        long code = options.number(DhcpOptions.MESSAGE_TYPE);
        return Arrays.stream(Type.values()).filter(type -> type.code == code).findFirst();
    }

    /// Bytes on the wire.
    public int length() {
        return Math.max(MIN_LENGTH, OPTIONS_OFFSET + options.length() + 1);
    }

    /// Writes [#length] bytes.
    public void write(ByteBuffer buffer, int offset) {
        for (int i = 0; i < length(); i++) {
            buffer.put(offset + i, (byte) 0);
        }
        buffer.put(offset, (byte) operation);
        buffer.putShort(offset + 1, (short) DhcpHeader.ETHERNET_6);
        buffer.putInt(offset + 4, transaction);
        buffer.putShort(offset + 10, (short) (broadcast ? DhcpHeader.BROADCAST : 0));
        buffer.putInt(offset + 12, clientAddress.bits());
        buffer.putInt(offset + 16, yourAddress.bits());
        buffer.putInt(offset + 20, serverAddress.bits());
        buffer.putInt(offset + 24, relayAddress.bits());
        buffer.putLong(offset + 28, clientMac.bits() << 16);
        buffer.putInt(offset + COOKIE_OFFSET, COOKIE);
        options.write(buffer, offset + OPTIONS_OFFSET);
        buffer.put(offset + OPTIONS_OFFSET + options.length(), (byte) DhcpOptions.END);
    }
}
