package vmlan.program.vm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import vmlan.program.message.Failure;
import vmlan.qemu.language.Settings;
import vmlan.qemu.translation.WantedNetwork;
import vmlan.qemu.translation.WantedNetwork.Range;

/// Networks of command lines, and what they are called.
class LineNetworksTest {
    private static final LineNetworks NETWORKS = new LineNetworks(Path.of("/"));
    private static final Range RANGE = new Range("192.168.105.1", "192.168.105.50", "255.255.255.0");

    private static String name(WantedNetwork wanted) throws Failure {
        return NETWORKS.name(wanted, "web", 1);
    }

    private static Map<String, Object> definition(WantedNetwork wanted) throws Failure {
        return NETWORKS.definition(wanted, "web", 1).orElseThrow().toJson();
    }

    private static Settings settings(String... pairs) {
        List<Settings.Entry> entries = new ArrayList<>();
        for (String pair : pairs) {
            int equals = pair.indexOf('=');
            entries.add(new Settings.Entry(pair.substring(0, equals), pair.substring(equals + 1), false));
        }
        return new Settings(Settings.Syntax.OPTS, entries, false);
    }

    @Test
    void withoutAddressesTheyAreTheOnesThatAreBuiltIn() throws Failure {
        assertThat(name(new WantedNetwork.Bridged("en0"))).isEqualTo("bridged-en0");
        assertThat(name(new WantedNetwork.Shared(null, null))).isEqualTo("shared");
        assertThat(name(new WantedNetwork.Host(null))).isEqualTo("host");
        assertThat(NETWORKS.definition(new WantedNetwork.Shared(null, null), "web", 0))
                .isEmpty();
    }

    @Test
    void withAddressesTheyAreNamedAfterThemSoThatTwoLinesMeet() throws Failure {
        assertThat(name(new WantedNetwork.Shared(RANGE, "fd00:105::"))).isEqualTo("shared-192.168.105.1");
        assertThat(name(new WantedNetwork.Host(RANGE))).isEqualTo("host-192.168.105.1");
        assertThat(name(new WantedNetwork.Shared(null, "fd00:105::"))).isEqualTo("shared-fd00-105-0-0");
        assertThat(name(new WantedNetwork.Group("6C1D6F0E-3e1a-4bd0-9a55-0d5f2a3f8a11")))
                .isEqualTo("host-6c1d6f0e-3e1a-4bd0-9a55-0d5f2a3f8a11");
        assertThat(definition(new WantedNetwork.Shared(RANGE, "fd00:105::")))
                .containsEntry("mode", "shared")
                .containsEntry("gateway", "192.168.105.1")
                .containsEntry("ipv6", "fd00:105::/64")
                .containsEntry("dhcp", Map.of("from", "192.168.105.2", "to", "192.168.105.50"));
    }

    @Test
    void passtGivesItsGuestOneAddress() throws Failure {
        WantedNetwork passt =
                new WantedNetwork.Passt(settings("address=10.1.2.3", "netmask=255.255.0.0", "gateway=10.1.0.1"));
        assertThat(name(passt)).isEqualTo("user-web-1");
        assertThat(definition(passt))
                .containsEntry("ipv4", "10.1.0.0/16")
                .containsEntry("gateway", "10.1.0.1")
                .containsEntry("dhcp", Map.of("from", "10.1.2.3", "to", "10.1.2.3"));
        assertThat(definition(new WantedNetwork.Passt(settings("address=10.1.2.3/20"))))
                .containsEntry("ipv4", "10.1.0.0/20");
        assertThatThrownBy(() -> definition(new WantedNetwork.Passt(settings("netmask=24"))))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("says nothing without");
    }

    @Test
    void addressesThatMakeNoSenseAreAMistakeOfTheLine() {
        for (WantedNetwork wrong : List.of(
                new WantedNetwork.Shared(new Range("192.168.105.1", "192.168.106.9", "255.255.255.0"), null),
                new WantedNetwork.Host(new Range("192.168.105.1", "192.168.105.9", "255.0.255.0")),
                new WantedNetwork.Host(new Range("x", "192.168.105.9", "255.255.255.0")),
                new WantedNetwork.Shared(null, "2001:db8::"),
                new WantedNetwork.Group("6c1d6f0e"))) {
            assertThatThrownBy(() -> name(wrong))
                    .as("%s", wrong)
                    .isInstanceOfSatisfying(
                            Failure.class,
                            failure -> assertThat(failure.exitCode()).isEqualTo(Failure.USAGE));
        }
    }
}
