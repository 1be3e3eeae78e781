package vmlan.program.serve;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vmlan.host.EventLoop;
import vmlan.network.change.HostState;
import vmlan.program.config.NetworksFile;
import vmlan.program.files.Places;

class HostChangesTest {
    @TempDir
    private Path home;

    /// Warns of each route of the host's, and does nothing else.
    private static NetworkService ofEachRoute() {
        return (NetworkService) Proxy.newProxyInstance(
                NetworkService.class.getClassLoader(),
                new Class<?>[] {NetworkService.class},
                (proxy, method, arguments) -> ((HostState) arguments[0])
                        .routes().stream()
                                .map(route -> new HostChanges.Warning("there is " + route.prefix(), "live with it"))
                                .toList());
    }

    @Test
    void whatStandsInTheWayIsKnownBeforeTheFirstVmComes() throws Exception {
        NetworkLog log = new NetworkLog(home.resolve("log"));
        try (EventLoop loop = new EventLoop(e -> log.failure("internal error", e));
                HostChanges changes = new HostChanges(loop, log, List.of(ofEachRoute()), () -> {})) {
            changes.start();

            assertThat(changes.warnings())
                    .doesNotHaveDuplicates()
                    .extracting(HostChanges.Warning::text)
                    .contains("there is 127.0.0.0/8; live with it");
        }
    }

    @Test
    void noCureTakesAwayWhatTheUserWrote() throws Exception {
        assertThat(OtherSubnet.cure("shared", null)).endsWith("vmlan network rm shared");
        Places places = Places.in(home);
        Files.createDirectories(places.config());
        Files.writeString(
                places.config().resolve("networks.yaml"), "networks:\n  lab: {ipv4: 10.9.0.0/24}\n  open: {}\n");
        NetworksFile.Content content = new NetworksFile(places).read();
        assertThat(OtherSubnet.cure("lab", content.block("lab").orElseThrow()))
                .startsWith("choose another ipv4 for lab in networks.yaml:2, then: ")
                .doesNotContain(" rm ");
        assertThat(OtherSubnet.cure("open", content.block("open").orElseThrow()))
                .startsWith("give open an ipv4 of its own in networks.yaml:3, then: ")
                .doesNotContain(" rm ");
    }
}
