package vmlan.packet;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/// The options of a DHCPv4 message in the order in which they are sent (RFC 2132). A value.
public final class DhcpOptions {
    public static final int SUBNET_MASK = 1;
    public static final int ROUTER = 3;
    public static final int DOMAIN_NAME_SERVER = 6;
    public static final int HOST_NAME = 12;
    public static final int DOMAIN_NAME = 15;
    public static final int INTERFACE_MTU = 26;
    public static final int BROADCAST_ADDRESS = 28;
    public static final int REQUESTED_ADDRESS = 50;
    public static final int LEASE_TIME = 51;
    public static final int OVERLOAD = 52;
    public static final int MESSAGE_TYPE = 53;
    public static final int SERVER_ID = 54;
    public static final int PARAMETER_LIST = 55;
    public static final int MESSAGE = 56;
    public static final int MAX_MESSAGE_SIZE = 57;
    public static final int RENEWAL_TIME = 58;
    public static final int REBINDING_TIME = 59;
    public static final int CLIENT_ID = 61;
    /// RFC 4702.
    public static final int CLIENT_FQDN = 81;
    /// RFC 3397.
    public static final int DOMAIN_SEARCH = 119;

    static final int PAD = 0;
    static final int END = 255;

    public static final DhcpOptions NONE = new DhcpOptions(new LinkedHashMap<>());

    private final SequencedMap<Integer, byte[]> byCode;

    private DhcpOptions(SequencedMap<Integer, byte[]> byCode) {
        this.byCode = Collections.unmodifiableSequencedMap(byCode);
    }

    /// Reads options up to an end option or the end of the bytes, behind those that are there. One that
    /// comes twice is one in two parts (RFC 3396 §5). An option that passes the end spoils the message:
    /// empty.
    Optional<DhcpOptions> andRead(ByteBuffer buffer, int offset, int length) {
        SequencedMap<Integer, byte[]> all = new LinkedHashMap<>(byCode);
        int at = offset;
        int end = offset + length;
        while (at < end) {
            int code = buffer.get(at) & 0xff;
            if (code == END) {
                break;
            }
            at++;
            if (code == PAD) {
                continue;
            }
            if (at >= end || at + 1 + (buffer.get(at) & 0xff) > end) {
                return Optional.empty();
            }
            byte[] value = new byte[buffer.get(at) & 0xff];
            buffer.get(at + 1, value);
            all.merge(code, value, DhcpOptions::concatenate);
            at += 1 + value.length;
        }
        return Optional.of(new DhcpOptions(all));
    }

    private static byte[] concatenate(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    public DhcpOptions with(int code, byte[] value) {
        SequencedMap<Integer, byte[]> all = new LinkedHashMap<>(byCode);
        all.put(code, value.clone());
        return new DhcpOptions(all);
    }

    public DhcpOptions with(int code, Ipv4Address address) {
        return withInt(code, address.bits());
    }

    public DhcpOptions withByte(int code, int value) {
        return with(code, new byte[] {(byte) value});
    }

    public DhcpOptions withShort(int code, int value) {
        return with(code, new byte[] {(byte) (value >> 8), (byte) value});
    }

    public DhcpOptions withInt(int code, int value) {
        return with(code, ByteBuffer.allocate(Integer.BYTES).putInt(value).array());
    }

    public DhcpOptions with(int code, String text) {
        return with(code, text.getBytes(StandardCharsets.US_ASCII));
    }

    public boolean has(int code) {
        return byCode.containsKey(code);
    }

    public Optional<byte[]> bytes(int code) {
        return Optional.ofNullable(byCode.get(code)).map(byte[]::clone);
    }

    /// An option of exactly four bytes as an address.
    public Optional<Ipv4Address> address(int code) {
        return bytes(code)
                .filter(value -> value.length == Integer.BYTES)
                .map(value -> new Ipv4Address(ByteBuffer.wrap(value).getInt()));
    }

    /// An option of one to four bytes as a number without sign; -1 when absent or longer.
    public long number(int code) {
        byte[] value = byCode.get(code);
        if (value == null || value.length == 0 || value.length > Integer.BYTES) {
            return -1;
        }
        long number = 0;
        for (byte b : value) {
            number = (number << 8) | (b & 0xff);
        }
        return number;
    }

    /// An option as text without the zero bytes that some clients put behind it (RFC 2132 §2).
    public Optional<String> text(int code) {
        return bytes(code).map(value -> {
            int length = value.length;
            while (length > 0 && value[length - 1] == 0) {
                length--;
            }
            return new String(value, 0, length, StandardCharsets.ISO_8859_1);
        });
    }

    /// Bytes on the wire, without the end option.
    public int length() {
        return byCode.values().stream()
                .mapToInt(value -> value.length + 2 * parts(value))
                .sum();
    }

    private static int parts(byte[] value) {
        return Math.max(1, (value.length + 254) / 255);
    }

    /// Writes [#length] bytes. What is longer than 255 bytes goes out in parts (RFC 3396 §4).
    void write(ByteBuffer buffer, int offset) {
        int at = offset;
        for (Map.Entry<Integer, byte[]> option : byCode.entrySet()) {
            byte[] value = option.getValue();
            for (int part = 0; part < parts(value); part++) {
                int from = part * 255;
                int size = Math.min(255, value.length - from);
                buffer.put(at, option.getKey().byteValue());
                buffer.put(at + 1, (byte) size);
                buffer.put(at + 2, value, from, size);
                at += 2 + size;
            }
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof DhcpOptions options
                && byCode.keySet().equals(options.byCode.keySet())
                && byCode.keySet().stream().allMatch(code -> Arrays.equals(byCode.get(code), options.byCode.get(code)));
    }

    @Override
    public int hashCode() {
        return byCode.keySet().hashCode();
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("{");
        byCode.forEach((code, value) -> text.append(text.length() > 1 ? ", " : "")
                .append(code)
                .append('=')
                .append(Arrays.toString(value)));
        return text.append('}').toString();
    }
}
