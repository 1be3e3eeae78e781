package vmlan.tests.messages;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import vmlan.tests.real.Installation;

/// Files that a crash, a full disk or somebody's editor has damaged are set aside, said, and not in the way.
class SetAsideTest {
    private static final String SET_ASIDE = " is damaged (";

    @ParameterizedTest
    @ValueSource(strings = {"", "{\"mode\": \"sha", "[]", "\0\0\0", "{\"mode\": \"shared\", \"ipv4\": \"lots\"}"})
    void aDamagedNetworkFile(String content) throws Exception {
        try (Installation vmlan = Installation.withoutQemu(List.of())) {
            Path file = damaged(vmlan, "state/networks/shared/network.json", content);
            vmlan.vmlan("network", "start", "shared").good();
            assertThat(Installation.object(vmlan.vmlan("network", "show", "shared", "--json")
                                    .good())
                            .text("ipv4"))
                    .as("a subnet, chosen anew")
                    .startsWith("192.168.");
            assertThat(asides(file))
                    .as("files set aside")
                    .hasSize(1)
                    .allSatisfy(aside -> assertThat(Files.readString(aside)).isEqualTo(content));
            assertThat(log(vmlan, "shared")).contains("network.json" + SET_ASIDE);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"leases.json", "ports.json"})
    void aDamagedFileOfLeasesOrPorts(String name) throws Exception {
        try (Installation vmlan = Installation.withoutQemu(List.of())) {
            Path file = damaged(vmlan, "state/networks/private/" + name, "{\"leases\": [{\"mac\"");
            vmlan.vmlan("network", "start", "private").good();
            assertThat(asides(file)).hasSize(1);
            assertThat(log(vmlan, "private")).contains(name + SET_ASIDE);
        }
    }

    @Test
    void aDamagedVmIsSaidAndTheOthersAreListed() throws Exception {
        try (Installation vmlan = Installation.withoutQemu(List.of())) {
            Path file = damaged(vmlan, "state/vms/web/vm.json", "{\"name\": ");
            Installation.Result ps = vmlan.vmlan("ps", "--json");
            assertThat(ps.good()).isEqualTo("[ ]");
            assertThat(ps.err()).contains("vm.json" + SET_ASIDE);
            assertThat(asides(file)).hasSize(1);
            assertThat(vmlan.vmlan("ps").err()).as("said once").doesNotContain(SET_ASIDE);
        }
    }

    @Test
    void aStaleSocketIsNotInTheWay() throws Exception {
        try (Installation vmlan = Installation.withoutQemu(List.of())) {
            Path folder = Files.createDirectories(vmlan.home().resolve("run/private"));
            for (String name : List.of("control.sock", "qemu.sock")) {
                // bound and left, as a killed process leaves it
                try (ServerSocketChannel socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
                    socket.bind(UnixDomainSocketAddress.of(folder.resolve(name)));
                }
                assertThat(folder.resolve(name)).exists();
            }
            vmlan.vmlan("network", "start", "private").good();
            assertThat(vmlan.networkPid("private")).isPositive();
        }
    }

    private static Path damaged(Installation vmlan, String name, String content) throws Exception {
        Path file = vmlan.home().resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, content);
    }

    private static List<Path> asides(Path file) throws Exception {
        try (Stream<Path> files = Files.list(file.getParent())) {
            return files.filter(other -> other.getFileName().toString().startsWith(file.getFileName() + ".damaged-"))
                    .toList();
        }
    }

    private static String log(Installation vmlan, String network) throws Exception {
        return Files.readString(vmlan.home().resolve("state/networks/" + network + "/network.log"));
    }
}
