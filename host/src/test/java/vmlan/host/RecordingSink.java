package vmlan.host;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import vmlan.network.FrameSink;
import vmlan.network.SwitchPort;

/// Keeps a copy of every frame that it is given.
final class RecordingSink implements FrameSink {
    final List<byte[]> frames = new ArrayList<>();

    @Override
    public void accept(SwitchPort from, ByteBuffer buffer, int offset, int length, long now) {
        byte[] frame = new byte[length];
        buffer.get(offset, frame);
        frames.add(frame);
    }

    @Override
    public void flush() {}
}
