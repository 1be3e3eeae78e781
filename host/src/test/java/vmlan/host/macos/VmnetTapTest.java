package vmlan.host.macos;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import vmlan.host.linux.NetworkNamespace;
import vmlan.host.linux.Recorder;
import vmlan.host.linux.RunningLoop;
import vmlan.host.linux.TestPackets;

/// The device with a real network stack behind the simulator: the kernel of a namespace, by a tap.
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class VmnetTapTest {
    private static final long GUEST = TestPackets.mac("52:54:00:00:00:01");
    private static final long HOST = TestPackets.mac("02:00:00:00:00:01");

    private final SimulatedMac mac = SimulatedMac.reset();

    private static void send(RunningLoop loop, VmnetDevice device, byte[] frame) throws Exception {
        loop.run(() -> {
            assertThat(device.toLan(ByteBuffer.wrap(frame), 0, frame.length)).isTrue();
            device.flush();
        });
    }

    @Test
    void aRealStackAnswers() throws Exception {
        NetworkNamespace.run(() -> {
            NetworkNamespace.ip("tuntap add mode tap name vmenet0");
            NetworkNamespace.ip("link set vmenet0 address 02:00:00:00:00:01");
            NetworkNamespace.quiet("vmenet0");
            NetworkNamespace.ip("addr add 192.168.105.1/24 dev vmenet0");
            NetworkNamespace.ip("link set vmenet0 up");
            mac.useTap("vmenet0");
            Recorder recorder = new Recorder();
            RunningLoop loop = new RunningLoop();
            VmnetInterface vmnet = VmnetInterface.start(mac.framework(), VmnetSettings.shared());
            VmnetDevice device = loop.call(() -> new VmnetDevice(loop.loop, vmnet, recorder));
            try {
                loop.run(device::start);
                NetworkNamespace.awaitUp("vmenet0");
                send(loop, device, TestPackets.arpRequest(GUEST, "192.168.105.2", "192.168.105.1"));
                recorder.await(frame -> frame.type() == 0x0806 && frame.destination() == GUEST);
                for (int i = 1; i <= 20; i++) {
                    send(
                            loop,
                            device,
                            TestPackets.ethernet(
                                    HOST,
                                    GUEST,
                                    0x0800,
                                    TestPackets.ipv4("192.168.105.2", "192.168.105.1", 1, TestPackets.echoRequest(i))));
                    // An echo reply: type 0 behind Ethernet's and IP's headers.
                    recorder.await(frame -> frame.type() == 0x0800 && frame.frame()[34] == 0);
                }
            } finally {
                loop.run(device::close);
                loop.close();
            }
        });
        mac.expectNothingLeft();
    }
}
