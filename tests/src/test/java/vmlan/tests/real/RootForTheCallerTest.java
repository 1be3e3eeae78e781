package vmlan.tests.real;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/// Under sudo on a host with Apple's vmnet, which a variable pretends here: root starts the network and works for the
/// caller.
@EnabledOnOs(OS.LINUX)
class RootForTheCallerTest {
    @Test
    void whatRootStartsForTheCallerIsTheCallersAndObeysThem() throws Exception {
        Path home = Files.createTempDirectory(Path.of("/tmp"), "vmlan-user");
        try (UnprivilegedUser nobody = UnprivilegedUser.in(home)) {
            // no network that would use it is started
            List<String> vmnet = List.of("VMLAN_VMNET_LIBRARY=/nowhere/vmnet");
            nobody.underSudo(vmnet, "network", "start", "private").good();
            try {
                long pid = Installation.object(nobody.vmlan("network", "show", "private", "--json")
                                .good())
                        .number("pid");
                String status = Files.readString(Path.of("/proc/" + pid + "/status"));
                assertThat(status)
                        .as("a network that needs no vmnet keeps nothing of root either")
                        .contains("Uid:" + ("\t" + UnprivilegedUser.UID).repeat(4) + "\n")
                        .contains("Gid:" + ("\t" + UnprivilegedUser.UID).repeat(4) + "\n");
                assertThat(status).contains("CapEff:\t0000000000000000\n");
                Map<Path, Integer> owners = nobody.owners();
                assertThat(owners)
                        .allSatisfy((file, owner) ->
                                assertThat(owner).as(file.toString()).isEqualTo(UnprivilegedUser.UID));
                assertThat(owners.keySet().stream().map(Path::getFileName).map(Path::toString))
                        .as("it made some")
                        .contains("network.json", "control.sock");
            } finally {
                nobody.vmlan("network", "stop", "private").good();
            }
        }
    }
}
