package vmlan.program.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vmlan.program.config.DefinedName;
import vmlan.program.config.NetworkBlock;
import vmlan.program.files.Places;
import vmlan.program.message.Failure;

/// A VM's own networks are nobody else's, and go with it.
class OwnNetworksTest {
    @TempDir
    private Path home;

    private Places places;
    private Networks networks;
    private OwnNetworks own;

    @BeforeEach
    void two() throws Failure {
        places = Places.in(home);
        networks = new Networks(places);
        own = new OwnNetworks(places, networks);
        networks.define(NetworkBlock.none(DefinedName.user("web", 0)));
        networks.define(NetworkBlock.none(DefinedName.user("web", 1)));
        networks.define(NetworkBlock.none(DefinedName.user("web-2", 0)));
    }

    @Test
    void anotherVmIsRefused() {
        assertThatThrownBy(() -> own.refuseOthers("other", List.of("shared", "user-web-0")))
                .isInstanceOfSatisfying(
                        Failure.class, failure -> assertThat(failure.exitCode()).isEqualTo(Failure.USAGE))
                .hasMessage("the network user-web-0 is the VM web's own");
        assertThatThrownBy(() -> own.refuseOthers("web", List.of("user-web-2-0")))
                .hasMessageContaining("web-2's own");
        assertThatCode(() -> own.refuseOthers("web", List.of("user-web-0", "user-web-1", "shared")))
                .doesNotThrowAnyException();
    }

    @Test
    void theyAreForgottenWithTheVmAndThoseThatItKeepsAreNot() throws Failure {
        own.remove("web", List.of("user-web-0"));
        assertThat(networks.names()).contains("user-web-0", "user-web-2-0").doesNotContain("user-web-1");
        own.remove("web", List.of());
        assertThat(networks.names()).contains("user-web-2-0").doesNotContain("user-web-0");
    }

    @Test
    void aNetworkOfTheFileIsTheUsers() throws Exception {
        Files.createDirectories(places.config());
        Path file = places.config().resolve("networks.yaml");
        Files.writeString(file, "networks:\n  user-web-0: {mode: private}\n");
        own.remove("web", List.of());
        assertThat(file).content().contains("user-web-0");
        assertThatCode(() -> own.refuseOthers("other", List.of("user-web-0"))).doesNotThrowAnyException();
        assertThat(networks.names()).contains("user-web-0").doesNotContain("user-web-1");
    }
}
