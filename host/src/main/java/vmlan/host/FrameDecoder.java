package vmlan.host;

import java.nio.ByteBuffer;
import vmlan.network.DropReason;
import vmlan.network.Frames;
import vmlan.network.Switch;
import vmlan.network.SwitchPort;

/// Cuts QEMU's stream (a big-endian length of four bytes, then the frame; QEMU net/stream.c) into frames and
/// hands them to the switch.
///
/// Theory of operation. The owner reads bytes behind the ones that were left over, and calls [#decode]; the
/// rest that it does not use is the beginning of a frame. Normally the stream is *in step*. It can be out of
/// step after a re-attach: when our end closes, QEMU forgets that it waits for room, but not that half of a
/// frame is still to be sent, and sends that half first on the new connection. So a re-attached stream starts
/// *out of step*, and bytes are thrown away until a possible length is followed by a frame from the port's
/// own MAC. A length that no QEMU sends brings the stream out of step too; without a known MAC the connection
/// must then end.
final class FrameDecoder {
    /// Length, destination and source: what must be there before a frame can be recognised.
    private static final int RECOGNISABLE = Frames.LENGTH_BYTES + 12;

    private final Switch network;
    private final SwitchPort port;
    private final long mac;
    private boolean inStep = true;
    private long skippedBytes;

    /// @param mac the MAC that the port belongs to, 0 when nobody said it
    FrameDecoder(Switch network, SwitchPort port, long mac) {
        this.network = network;
        this.port = port;
        this.mac = mac;
    }

    /// Forgets the stream so far.
    ///
    /// @param inStep false where the first bytes may be the rest of an old frame
    void restart(boolean inStep) {
        this.inStep = inStep || mac == 0;
    }

    boolean isInStep() {
        return inStep;
    }

    /// Bytes thrown away while out of step.
    long skippedBytes() {
        return skippedBytes;
    }

    /// Hands every whole frame between `from` and `to` to the switch.
    ///
    /// @return where the rest begins, or -1 when the stream makes no sense and the connection must end
    int decode(ByteBuffer data, int from, int to, long now) {
        int position = from;
        while (true) {
            if (!inStep) {
                position = resynchronise(data, position, to);
                if (!inStep) {
                    return position;
                }
            }
            if (to - position < Frames.LENGTH_BYTES) {
                return position;
            }
            int length = data.getInt(position);
            if (Integer.compareUnsigned(length, Frames.MAX_LENGTH) > 0) {
                port.drop(DropReason.TOO_LONG);
                if (mac == 0) {
                    return -1;
                }
                inStep = false;
                position++;
                skippedBytes++;
                continue;
            }
            int frame = position + Frames.LENGTH_BYTES;
            if (to - frame < length) {
                return position;
            }
            network.receive(port, data, frame, length, now);
            position = frame + length;
        }
    }

    private int resynchronise(ByteBuffer data, int from, int to) {
        int position = from;
        while (to - position >= RECOGNISABLE) {
            int length = data.getInt(position);
            if (length >= Frames.MIN_LENGTH
                    && length <= Frames.MAX_LENGTH
                    && data.getShort(position + 10) == (short) (mac >> 32)
                    && data.getInt(position + 12) == (int) mac) {
                inStep = true;
                break;
            }
            position++;
        }
        skippedBytes += position - from;
        return position;
    }
}
