package vmlan.program.selftest;

import java.io.IOException;
import java.nio.ByteBuffer;
import vmlan.host.macos.VmnetDevice;
import vmlan.host.macos.VmnetInterface;

/// A station behind an interface of vmnet, by the same device that networks have.
final class VmnetStation extends Station {
    private final VmnetDevice device;

    /// @param vmnet is this object's from now on, also where this throws
    VmnetStation(VmnetInterface vmnet) throws IOException, InterruptedException {
        VmnetDevice made = null;
        try {
            made = call(() -> new VmnetDevice(loop, vmnet, inbox));
            VmnetDevice started = made;
            call(() -> {
                started.start();
                return true;
            });
        } catch (IOException | InterruptedException e) {
            if (made == null) {
                vmnet.stop();
            }
            device = made;
            endQuietly(e);
            throw e;
        }
        device = made;
    }

    private void endQuietly(Exception because) throws InterruptedException {
        try {
            end();
        } catch (IOException e) {
            because.addSuppressed(e);
        }
    }

    @Override
    void send(byte[] frame) throws IOException, InterruptedException {
        call(() -> {
            device.toLan(ByteBuffer.wrap(frame), 0, frame.length);
            device.flush();
            return true;
        });
    }

    @Override
    void leave() throws IOException {
        if (device != null) {
            device.close();
        }
    }
}
