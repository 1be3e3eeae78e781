package vmlan.network.flow;

import vmlan.network.SwitchPort;

final class TestFlow extends Flow {
    TestFlow(SwitchPort port, long guestLow, int guestPort, long remoteLow, int remotePort) {
        super(port, 2, 0, guestLow, guestPort, 0, remoteLow, remotePort);
    }

    TestFlow() {
        this(null, 1, 1, 1, 1);
    }
}
