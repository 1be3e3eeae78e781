package vmlan.network.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import vmlan.network.Recorder;

/// The host's network stack, played by a test: keeps what it is given, sends what the test says.
final class RecordingHost implements HostSide {
    final Recorder recorder = new Recorder();
    boolean hasRoom = true;
    private final Lan lan;

    RecordingHost(Lan lan, boolean forwards) {
        this.lan = lan;
        lan.gateway.attachHost(this, forwards);
    }

    @Override
    public boolean accept(ByteBuffer buffer, int offset, int length) {
        if (hasRoom) {
            recorder.accept(null, buffer, offset, length, lan.now);
        }
        return hasRoom;
    }

    @Override
    public void flush() {
        recorder.flush();
    }

    RecordingHost send(String destination, int type, byte[] payload) {
        return sendFrom(Lan.MAC, destination, type, payload);
    }

    RecordingHost sendFrom(String source, String destination, int type, byte[] payload) {
        byte[] frame = Packets.ethernet(destination, source, type, payload);
        lan.gateway.fromHost(Recorder.buffer(frame), 4, frame.length, lan.now);
        lan.network.flush();
        return this;
    }

    RecordingHost ipv4(String destination, byte[] packet) {
        return send(destination, 0x0800, packet);
    }

    RecordingHost ipv6(String destination, byte[] packet) {
        return send(destination, 0x86dd, packet);
    }

    /// The host must have got exactly these bytes.
    RecordingHost expect(byte[] packet) {
        byte[] frame = recorder.poll();
        assertThat(frame).as("a frame to the host").isNotNull();
        assertThat(frame).endsWith(packet).hasSize(14 + packet.length);
        return this;
    }

    RecordingHost expectSilence() {
        byte[] frame = recorder.poll();
        assertThat(frame == null ? "silence" : Dump.of(frame)).isEqualTo("silence");
        return this;
    }
}
