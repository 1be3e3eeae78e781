package vmlan.tests.lan;

import vmlan.tests.real.Qemus;

/// Guests bridged onto a cable.
class BridgedTest extends BridgedConversations {
    BridgedTest() {
        super(TestLan.Link.CABLE, Qemus.QEMU_10, "bridged:en0", false);
    }
}
