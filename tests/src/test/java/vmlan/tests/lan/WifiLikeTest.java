package vmlan.tests.lan;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import vmlan.tests.real.Qemus;

/// Guests bridged onto a link that carries no MAC but the station's. (A veth does not look like Wi-Fi, so the
/// translation is asked for.)
class WifiLikeTest extends BridgedConversations {
    WifiLikeTest() {
        super(TestLan.Link.WIFI_LIKE, Qemus.QEMU_7, "bridged:en0,mac-nat=on", true);
    }

    @AfterEach
    void noFrameHadAForeignMac() throws Exception {
        assertThat(lan.lan().foreignFrames())
                .as("frames that an access point would have dropped")
                .isZero();
    }
}
