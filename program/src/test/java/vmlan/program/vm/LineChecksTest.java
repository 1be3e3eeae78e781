package vmlan.program.vm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import vmlan.program.config.DefinedName;
import vmlan.program.config.NetworkName;
import vmlan.program.files.Places;
import vmlan.program.message.Failure;
import vmlan.program.publish.PublishRule;
import vmlan.program.serve.Networks;
import vmlan.qemu.language.QemuLine;
import vmlan.qemu.translation.LineFacts;

/// What a command line is refused for before it starts.
class LineChecksTest {
    private static final NetworkName GUESTS_ONLY = DefinedName.isolated(new UUID(1, 2));

    @TempDir
    private Path home;

    private LineChecks checks(String... published) throws Failure {
        return new LineChecks(Stream.of(published).map(PublishRule::parse).toList(), new Networks(Places.in(home)));
    }

    @Test
    void aPortNeedsANetworkThatItCanBePublishedOn() throws Failure {
        LineChecks one = checks("8080:80");
        assertThatThrownBy(() -> one.networks(List.of(GUESTS_ONLY))).isInstanceOfSatisfying(Failure.class, failure -> {
            assertThat(failure.exitCode()).isEqualTo(Failure.USAGE);
            assertThat(failure.what()).contains("guests only");
            assertThat(failure.remedy()).contains("-nic vmnet-shared");
        });
        assertThatThrownBy(() -> one.networks(List.of()))
                .isInstanceOfSatisfying(
                        Failure.class,
                        failure -> assertThat(failure.remedy()).contains("-nic vmnet-shared", "--engine"));
        assertThatCode(() -> {
                    one.networks(
                            List.of(GUESTS_ONLY, NetworkName.builtIn("shared").orElseThrow()));
                    one.networks(List.of(DefinedName.user("web", 0)));
                    checks().networks(List.of(GUESTS_ONLY));
                    checks().networks(List.of());
                })
                .doesNotThrowAnyException();
    }

    @Test
    void twoRulesForOnePortOfTheHostAreRefusedBeforeAnythingStarts() throws Exception {
        LinePlan plan = LinePlanTest.engine(home, "-nic", "user,hostfwd=tcp:127.0.0.1:8084-:80");
        assertThatThrownBy(() -> checks("8084:80").ports(plan))
                .hasMessage("'8084:80' and '127.0.0.1:8084:80' want the same port of the host");
        assertThatCode(() -> checks("8085:80", "8084:80/udp").ports(plan)).doesNotThrowAnyException();
        LinePlan two = LinePlanTest.engine(
                home, "-nic", "user,hostfwd=tcp::8084-:80", "-nic", "user,hostfwd=tcp:127.0.0.1:8084-:81");
        assertThatThrownBy(() -> checks().ports(two)).hasMessageContaining("want the same port");
    }

    private void disk(String... words) throws Failure {
        LineChecks.disk(new LineFacts(QemuLine.parse(List.of(words))), home);
    }

    @Test
    void aDiskThatIsNotThereIsRefused() throws Exception {
        assertThatThrownBy(() -> disk("-m", "1G", "no.img")).isInstanceOfSatisfying(Failure.class, failure -> {
            assertThat(failure.exitCode()).isEqualTo(Failure.USAGE);
            assertThat(failure.what()).isEqualTo("the disk " + home.resolve("no.img") + " does not exist");
        });
        Files.writeString(home.resolve("there.img"), "");
        assertThatCode(() -> disk("there.img")).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-m 1G",
                "-hda nbd://localhost/x",
                "-drive file=/dev/fdset/1",
                "-drive if=none,id=d",
                "-blockdev driver=qcow2,file=node,node-name=d",
                "-hda fat:rw:."
            })
    void whatIsNoFileIsQemusOwn(String line) {
        assertThatCode(() -> disk(line.split(" "))).doesNotThrowAnyException();
    }

    @Test
    void aVmThatIsBeingStartedIsSaidToBe() throws Exception {
        VmStore store = new VmStore(Places.in(home), line -> {});
        Vm vm = LinePlanTest.vm(home, ProcessHandle.current().pid());
        assertThat(VmStatus.of(vm, store)).isEqualTo(new VmStatus(VmStatus.State.STOPPED, "it is being started"));
        assertThat(VmStatus.of(vm.notStarted(), store)).isEqualTo(new VmStatus(VmStatus.State.STOPPED, ""));
    }
}
