package vmlan.packet;

import java.nio.ByteBuffer;

/// A window over a neighbour discovery message (RFC 4861 §4) with its options. Whether its checksum and
/// hop limit are right is not asked here.
public final class NdHeader {
    private static final int NOT_ONE = -1;

    private final NdOptions options = new NdOptions();
    private ByteBuffer buffer;
    private int offset;
    private int end;
    private int optionsOffset;

    /// A window that is aimed at nothing yet.
    public NdHeader() {}

    /// Aims the window; false for other messages of ICMPv6, for a code other than zero, and when the
    /// options pass the end.
    public boolean aim(ByteBuffer frames, int messageOffset, int length) {
        buffer = frames;
        offset = messageOffset;
        end = messageOffset + length;
        if (length < IcmpHeader.LENGTH || frames.get(messageOffset + 1) != 0) {
            return false;
        }
        int fixed = fixedLength(type());
        optionsOffset = messageOffset + fixed;
        return fixed != NOT_ONE && length >= fixed && options.aim(frames, optionsOffset, length - fixed);
    }

    private static int fixedLength(int type) {
        return switch (type) {
            case IcmpHeader.ROUTER_SOLICITATION -> 8;
            case IcmpHeader.ROUTER_ADVERTISEMENT -> 16;
            case IcmpHeader.NEIGHBOUR_SOLICITATION, IcmpHeader.NEIGHBOUR_ADVERTISEMENT -> 24;
            case IcmpHeader.REDIRECT -> 40;
            default -> NOT_ONE;
        };
    }

    public int type() {
        return buffer.get(offset) & 0xff;
    }

    /// Of a solicitation, an advertisement of a neighbour, or a redirect.
    public long targetHigh() {
        return buffer.getLong(offset + 8);
    }

    public long targetLow() {
        return buffer.getLong(offset + 16);
    }

    public NdOptions options() {
        return options;
    }

    /// Where the options begin; each is at least eight bytes long and ends before [#end].
    public int optionsOffset() {
        return optionsOffset;
    }

    public int end() {
        return end;
    }
}
