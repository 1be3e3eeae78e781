package vmlan.program.publish;

import java.util.List;
import vmlan.network.FrameSink;
import vmlan.network.Switch;
import vmlan.network.SwitchPort;
import vmlan.packet.IpAddress;

/// A guest that says which addresses it has.
final class TestGuest implements Guest {
    private final String vm;
    private final SwitchPort port;
    private volatile List<IpAddress> addresses = List.of();

    TestGuest(Switch network, String vm) {
        this.vm = vm;
        this.port = network.connect(vm + "-0", false, self -> new Nowhere());
    }

    private static final class Nowhere implements FrameSink {
        @Override
        public void accept(SwitchPort from, java.nio.ByteBuffer buffer, int offset, int length, long now) {
            // Nobody listens.
        }

        @Override
        public void flush() {
            // Nothing waits.
        }
    }

    void has(IpAddress... shown) {
        addresses = List.of(shown);
    }

    @Override
    public String vm() {
        return vm;
    }

    @Override
    public SwitchPort port() {
        return port;
    }

    @Override
    public long macBits() {
        return 0x5254_0000_0001L;
    }

    @Override
    public List<IpAddress> addresses() {
        return addresses;
    }
}
