package vmlan.host.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// An opener with rights becomes a network without.
class RightsTest {
    private static CopiedClasses classes;

    @BeforeAll
    static void copyTheClasses() throws Exception {
        classes = new CopiedClasses();
    }

    @AfterAll
    static void removeTheCopy() throws IOException {
        classes.close();
    }

    private static String java(String action) {
        return classes.java(RightsProgram.class, action);
    }

    @Test
    void afterTheExecThereAreNoRightsAndNoneCanBeGained() throws Exception {
        String status = NetworkNamespace.command(java("grep"));
        assertThat(status.lines().filter(line -> !line.startsWith("CapBnd")))
                .containsExactlyInAnyOrder(
                        "CapInh:\t0000000000000000",
                        "CapPrm:\t0000000000000000",
                        "CapEff:\t0000000000000000",
                        "CapAmb:\t0000000000000000",
                        "NoNewPrivs:\t1");
    }

    @Test
    void onlyWhatIsHandedOverStaysOpen() throws Exception {
        NetworkNamespace.run(() -> {
            List<String> descriptors =
                    NetworkNamespace.command(java("descriptors")).lines().toList();
            assertThat(descriptors)
                    .as("three, the tap, and ls's own")
                    .hasSize(5)
                    .startsWith("0", "1", "2");
        });
    }

    @Test
    void anExecThatFailsSaysSo() throws Exception {
        assertThat(NetworkNamespace.command(java("nothing")))
                .contains("execve(/nowhere/java)")
                .contains("ENOENT");
    }

    @Test
    void anUnprivilegedUsersOpenerNeedsThreeCapabilities() throws Exception {
        NetworkNamespace.runWithCable(() -> {
            String output = NetworkNamespace.command("setpriv --reuid=65534 --regid=65534 --clear-groups"
                    + " --inh-caps=-all,+net_raw,+net_admin,+bpf --ambient-caps=-all,+net_raw,+net_admin,+bpf "
                    + java("open"));
            assertThat(output.lines())
                    .contains("opener: user namespace false, may true")
                    .contains("redirect: TCX ")
                    .contains("the host answered")
                    .contains("threads with rights: 0")
                    .anyMatch(line -> line.startsWith("cannot open: socket(AF_PACKET): EPERM"));
            assertThat(NetworkNamespace.command("tc qdisc show dev en0")).doesNotContain("clsact");
        });
    }

    @Test
    void withoutCapBpfAClassicFilterDoes() throws Exception {
        NetworkNamespace.runWithCable(() -> {
            String output = NetworkNamespace.command("setpriv --reuid=65534 --regid=65534 --clear-groups"
                    + " --inh-caps=-all,+net_raw,+net_admin --ambient-caps=-all,+net_raw,+net_admin " + java("open"));
            assertThat(output)
                    .contains("redirect: CLS_BPF_CLASSIC TCX: bpf(BPF_PROG_LOAD")
                    .contains("the host answered")
                    .contains("threads with rights: 0");
        });
    }

    @Test
    void inAUserNamespaceAClassicFilterDoes() throws Exception {
        String script = "ip link add en0 address 02:00:00:00:00:01 type veth peer name lan0 && ip link set lo up"
                + " && ip addr add 192.0.2.1/24 dev en0 && ip link set en0 up && ip link set lan0 up && exec "
                + java("open");
        Process process = new ProcessBuilder("unshare", "-Urn", "sh", "-c", script)
                .redirectErrorStream(true)
                .start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        assertThat(output)
                .contains("opener: user namespace true, may true")
                .contains("redirect: CLS_BPF_CLASSIC")
                .contains("the host answered")
                .contains("threads with rights: 0");
    }
}
