package vmlan.host.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.LinkedBlockingQueue;
import vmlan.packet.Offload;

/// In the place of [Offload]: copies the packet as it is, puts the tag back, and keeps what it was told.
final class PlainCopy implements NicDevice.Completion {
    /// struct virtio_net_hdr, and the tag.
    record Call(
            int flags,
            int gsoType,
            int gsoSize,
            int checksumStart,
            int checksumOffset,
            int length,
            int tag,
            int tagProtocol) {}

    final LinkedBlockingQueue<Call> calls = new LinkedBlockingQueue<>();
    private final boolean recording;

    PlainCopy(boolean recording) {
        this.recording = recording;
    }

    @Override
    public int write(
            ByteBuffer from, int vnetHeader, int frame, int length, int tag, int tagProtocol, ByteBuffer to, int at) {
        if (recording) {
            ByteBuffer header = from.duplicate().order(ByteOrder.LITTLE_ENDIAN);
            calls.add(new Call(
                    header.get(vnetHeader),
                    header.get(vnetHeader + 1),
                    Short.toUnsignedInt(header.getShort(vnetHeader + 4)),
                    Short.toUnsignedInt(header.getShort(vnetHeader + 6)),
                    Short.toUnsignedInt(header.getShort(vnetHeader + 8)),
                    length,
                    tag,
                    tagProtocol));
        }
        int tagBytes = tag == Offload.NO_TAG ? 0 : 4;
        if (at + 4 + length + tagBytes > to.capacity()) {
            return -2;
        }
        to.putInt(at, length + tagBytes);
        if (tagBytes == 0) {
            to.put(at + 4, from, frame, length);
        } else {
            to.put(at + 4, from, frame, 12);
            to.putShort(at + 16, (short) tagProtocol).putShort(at + 18, (short) tag);
            to.put(at + 20, from, frame + 12, length - 12);
        }
        return at + 4 + length + tagBytes;
    }
}
