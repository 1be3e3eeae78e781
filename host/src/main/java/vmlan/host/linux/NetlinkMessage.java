package vmlan.host.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/// One message of rtnetlink, to send or received: a header of 16 bytes, a fixed part, attributes
/// (include/uapi/linux/netlink.h). Numbers are in the machine's order.
///
/// Trust: received ones come from the kernel; a length that leads beyond the message ends the reading all the same.
final class NetlinkMessage {
    static final int HEADER_BYTES = 16;
    static final int NLM_F_REQUEST = 1;
    static final int NLM_F_ACK = 4;
    static final int NLM_F_ECHO = 8;
    static final int NLM_F_DUMP = 0x300;
    static final int NLM_F_REPLACE = 0x100;
    static final int NLM_F_EXCL = 0x200;
    static final int NLM_F_CREATE = 0x400;
    static final int NLMSG_ERROR = 2;
    static final int NLMSG_DONE = 3;
    /// In an NLMSG_ERROR or NLMSG_DONE: attributes follow.
    static final int NLM_F_ACK_TLVS = 0x200;

    static final int NLM_F_CAPPED = 0x100;
    /// In a dump: it was changed meanwhile.
    static final int NLM_F_DUMP_INTR = 0x10;

    private static final int NLA_F_NESTED = 1 << 15;
    private static final int NLA_TYPE_MASK = 0x3fff;
    private static final int LONGEST = 16 << 10;

    private final ByteBuffer bytes;
    private final int type;
    private final int flags;

    private NetlinkMessage(ByteBuffer bytes, int type, int flags) {
        this.bytes = bytes;
        this.type = type;
        this.flags = flags;
    }

    /// A new one; what is put goes behind its header.
    static NetlinkMessage request(int type, int flags) {
        ByteBuffer bytes = ByteBuffer.allocate(LONGEST).order(ByteOrder.nativeOrder());
        bytes.putShort(4, (short) type).putShort(6, (short) (flags | NLM_F_REQUEST));
        return new NetlinkMessage(bytes.position(HEADER_BYTES), type, flags);
    }

    /// Takes the message that `received` is at, and moves on behind it.
    ///
    /// @return null when there is none
    static NetlinkMessage next(ByteBuffer received) {
        int start = received.position();
        if (received.remaining() < HEADER_BYTES) {
            return null;
        }
        int length = received.getInt(start);
        if (length < HEADER_BYTES || length > received.remaining()) {
            return null;
        }
        ByteBuffer bytes = received.slice(start, length).order(ByteOrder.nativeOrder());
        received.position(Math.min(received.limit(), start + align(length)));
        return new NetlinkMessage(
                bytes, Short.toUnsignedInt(bytes.getShort(4)), Short.toUnsignedInt(bytes.getShort(6)));
    }

    private static int align(int length) {
        return (length + 3) & ~3;
    }

    int type() {
        return type;
    }

    int flags() {
        return flags;
    }

    int sequence() {
        return bytes.getInt(8);
    }

    /// The fixed part's bytes from its begin on; 0 where the message is shorter.
    int getInt(int offset) {
        int at = HEADER_BYTES + offset;
        return at + Integer.BYTES <= bytes.limit() ? bytes.getInt(at) : 0;
    }

    int getShort(int offset) {
        int at = HEADER_BYTES + offset;
        return at + Short.BYTES <= bytes.limit() ? Short.toUnsignedInt(bytes.getShort(at)) : 0;
    }

    int getByte(int offset) {
        int at = HEADER_BYTES + offset;
        return at < bytes.limit() ? Byte.toUnsignedInt(bytes.get(at)) : 0;
    }

    NetlinkMessage putByte(int value) {
        bytes.put((byte) value);
        return this;
    }

    NetlinkMessage putShort(int value) {
        bytes.putShort((short) value);
        return this;
    }

    NetlinkMessage putInt(int value) {
        bytes.putInt(value);
        return this;
    }

    NetlinkMessage attribute(int kind, byte[] value) {
        bytes.putShort((short) (4 + value.length)).putShort((short) kind).put(value);
        return pad();
    }

    private NetlinkMessage pad() {
        while ((bytes.position() & 3) != 0) {
            bytes.put((byte) 0);
        }
        return this;
    }

    NetlinkMessage attribute(int kind, int value) {
        bytes.putShort((short) 8).putShort((short) kind).putInt(value);
        return this;
    }

    NetlinkMessage attributeShort(int kind, int value) {
        bytes.putShort((short) 6).putShort((short) kind).putShort((short) value);
        return pad();
    }

    NetlinkMessage attributeByte(int kind, int value) {
        bytes.putShort((short) 5).putShort((short) kind).put((byte) value);
        return pad();
    }

    /// With the zero at the end that the kernel wants.
    NetlinkMessage attribute(int kind, String value) {
        return attribute(kind, (value + "\0").getBytes(StandardCharsets.UTF_8));
    }

    /// Opens an attribute that holds others.
    ///
    /// @return what [#end] needs
    int begin(int kind) {
        int start = bytes.position();
        bytes.putShort((short) 0).putShort((short) (kind | NLA_F_NESTED));
        return start;
    }

    NetlinkMessage end(int begin) {
        bytes.putShort(begin, (short) (bytes.position() - begin));
        return this;
    }

    /// The whole message, to be sent.
    byte[] encode(int sequence) {
        bytes.putInt(0, bytes.position()).putInt(8, sequence);
        byte[] message = new byte[bytes.position()];
        bytes.get(0, message);
        return message;
    }

    /// @param fixedBytes the length of what comes before the attributes
    Map<Integer, ByteBuffer> attributes(int fixedBytes) {
        int start = HEADER_BYTES + align(fixedBytes);
        return start > bytes.limit()
                ? Map.of()
                : attributes(bytes.slice(start, bytes.limit() - start).order(ByteOrder.nativeOrder()));
    }

    /// The attributes that lie behind one another.
    static Map<Integer, ByteBuffer> attributes(ByteBuffer nested) {
        Map<Integer, ByteBuffer> found = new HashMap<>();
        int at = 0;
        while (nested.limit() - at >= 4) {
            int length = Short.toUnsignedInt(nested.getShort(at));
            if (length < 4 || length > nested.limit() - at) {
                break;
            }
            int kind = Short.toUnsignedInt(nested.getShort(at + 2)) & NLA_TYPE_MASK;
            found.put(kind, nested.slice(at + 4, length - 4).order(ByteOrder.nativeOrder()));
            at += align(length);
        }
        return found;
    }

    /// Text up to its zero; empty when there is none.
    static String text(ByteBuffer value) {
        if (value == null) {
            return "";
        }
        byte[] text = new byte[value.limit()];
        value.get(0, text);
        int length = 0;
        while (length < text.length && text[length] != 0) {
            length++;
        }
        return new String(text, 0, length, StandardCharsets.UTF_8);
    }

    /// A number of four bytes; `otherwise` when there is none.
    static int number(ByteBuffer value, int otherwise) {
        return value == null || value.limit() < Integer.BYTES ? otherwise : value.getInt(0);
    }
}
