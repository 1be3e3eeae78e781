package vmlan.program.vm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import vmlan.program.message.Failure;

class SshTest {
    @Test
    void theWayIsVmlanConnectAndTheKeyIsKeptWithTheVm() {
        assertThat(Ssh.command("/opt/vmlan/vmlan", Path.of("/home/u/vms/web"), "web"))
                .containsExactly(
                        "ssh",
                        "-o",
                        "ProxyCommand=/opt/vmlan/vmlan connect web:22",
                        "-o",
                        "HostKeyAlias=web.vmlan.internal",
                        "-o",
                        "UserKnownHostsFile=\"/home/u/vms/web/known_hosts\"",
                        "-o",
                        "StrictHostKeyChecking=accept-new",
                        "-o",
                        "CheckHostIP=no");
    }

    @Test
    void pathsWithSpacesAndPercentSignsArrive() {
        assertThat(Ssh.command("/a b/100%/vmlan", Path.of("/c d/5%"), "web"))
                .contains("ProxyCommand='/a b/100%%/vmlan' connect web:22")
                .contains("UserKnownHostsFile=\"/c d/5%%/known_hosts\"");
    }

    @Test
    void itsExitStatusIsTheCommands() throws Failure {
        assertThat(Ssh.run(List.of("sh", "-c", "exit 7"))).isEqualTo(7);
    }

    @Test
    void aMachineWithoutItIsTold() {
        assertThatThrownBy(() -> Ssh.run(List.of("/nowhere/ssh"))).isInstanceOfSatisfying(Failure.class, failure -> {
            assertThat(failure.what()).contains("ssh cannot be started");
            assertThat(failure.remedy()).contains("openssh-client");
        });
    }
}
