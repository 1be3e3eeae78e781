package vmlan.host.linux;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import vmlan.network.uplink.Wire.Wanted;
import vmlan.packet.Ipv4Address;

/// The NIC `en0` as a network has it, and its event loop.
final class TestNic implements AutoCloseable {
    static final int MARK = 0x7a3b_0c51;
    static final long OWN = TestPackets.mac("02:00:00:00:00:01");
    static final long REMOTE = TestPackets.mac("02:00:00:00:00:02");
    static final long GUEST = TestPackets.mac("52:54:00:00:00:01");

    final RunningLoop loop = new RunningLoop();
    final Recorder recorder = new Recorder();
    final PlainCopy completion = new PlainCopy(true);
    final OpenedNic opened;
    final NicDevice device;

    /// Starts to receive what is for the guest.
    TestNic(OpenedNic opened) throws Exception {
        this(opened, wanted(List.of(GUEST)));
    }

    TestNic(OpenedNic opened, Wanted wanted) throws Exception {
        // What the opener says survives the exec.
        this.opened = OpenedNic.parse(opened.encode());
        device = loop.call(() -> new NicDevice(loop.loop, this.opened, recorder, completion));
        loop.run(() -> {
            device.want(wanted);
            device.start();
        });
    }

    static TestNic open() throws Exception {
        return new TestNic(NicOpener.open("en0", MARK, false));
    }

    static Wanted wanted(List<Long> guests) {
        return new Wanted(OWN, false, guests, List.of(), List.of());
    }

    static Wanted translated(String... guests) {
        return new Wanted(
                OWN,
                true,
                List.of(GUEST),
                java.util.Arrays.stream(guests).map(Ipv4Address::parse).toList(),
                List.of());
    }

    void toHost(byte[] frame) throws Exception {
        loop.run(() -> {
            org.assertj.core.api.Assertions.assertThat(device.toHost(ByteBuffer.wrap(frame), 0, frame.length))
                    .isTrue();
            device.flush();
        });
    }

    void toLan(byte[] frame) throws Exception {
        loop.run(() -> {
            org.assertj.core.api.Assertions.assertThat(device.toLan(ByteBuffer.wrap(frame), 0, frame.length))
                    .isTrue();
            device.flush();
        });
    }

    /// The host answers a guest's ARP request by way of the redirect.
    void expectHostAnswers() throws Exception {
        toHost(TestPackets.arpRequest(GUEST, "192.0.2.50", NetworkNamespace.HOST_ADDRESS));
        recorder.await(frame -> frame.fromHost() && frame.type() == 0x0806 && frame.destination() == GUEST);
        toHost(TestPackets.ethernet(
                OWN,
                GUEST,
                0x0800,
                TestPackets.ipv4("192.0.2.50", NetworkNamespace.HOST_ADDRESS, 1, TestPackets.echoRequest(1))));
        recorder.await(frame -> frame.fromHost() && frame.type() == 0x0800 && frame.frame()[34] == 0);
    }

    @Override
    public void close() throws IOException, InterruptedException {
        try {
            loop.run(device::close);
        } catch (Exception e) {
            throw new IOException("could not close the NIC", e);
        } finally {
            loop.close();
        }
    }
}
