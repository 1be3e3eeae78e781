package vmlan.tests.real;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import vmlan.program.files.Fields;

/// `vmlan run --via qemu` as on a Mac with macOS 15, where root has to start QEMU: with a stand-in for sudo, and a real
/// QEMU that really becomes the user, whose vmnet is QEMU's `user`. Run by root; by others QEMU becomes nobody else.
@Timeout(600)
class QemusVmnetTest {
    private Path home;
    private UnprivilegedUser nobody;
    private Path qemu;
    private List<String> variables;

    @BeforeEach
    void makeUser() throws Exception {
        home = Files.createTempDirectory(Path.of("/tmp"), "vmlan-sudo");
        nobody = UnprivilegedUser.in(home);
        qemu = VmnetQemu.in(home.resolve("vmnet"), nobody.qemu());
        Path programs = Files.createDirectories(home.resolve("bin"));
        Path sudo = programs.resolve("sudo");
        Files.writeString(sudo, """
                #!/bin/sh
                here='%s'
                printf '%%s\\n' "$@" >"$here/asked"
                [ ! -e "$here/refuses" ] || exit 1
                case $1 in
                -v) exit ;;
                -n)
                    [ ! -e "$here/asks" ] || exit 1
                    shift ;;
                esac
                [ "$1" = -- ] || exit 3
                shift
                root='setpriv --reuid=0 --regid=0 --clear-groups --inh-caps=-all --ambient-caps=-all'
                if $root true 2>/dev/null; then
                    exec $root "$@"
                fi
                exec "$@"
                """.formatted(programs));
        Files.setPosixFilePermissions(sudo, PosixFilePermissions.fromString("rwxr-xr-x"));
        for (Path path : List.of(programs, qemu)) {
            assertThat(new ProcessBuilder("chown", "-R", Integer.toString(UnprivilegedUser.UID), path.toString())
                            .start()
                            .waitFor())
                    .isZero();
        }
        variables = List.of(
                "PATH=" + programs + ":" + System.getenv("PATH"),
                "VMLAN_QEMU=" + qemu,
                "VMLAN_VMNET_LIBRARY=/none",
                "VMLAN_MACOS_VERSION=15.5");
    }

    @AfterEach
    void tidy() throws Exception {
        vmlan("rm", "--force", "web");
        nobody.close();
    }

    private Installation.Result vmlan(String... arguments) throws Exception {
        return nobody.withStandIn(variables, arguments);
    }

    @Test
    void sudoStartsQemuOnlyAndTheVmIsTheUsers() throws Exception {
        assertThat(vmlan("run", "--dry-run", "--name", "web", "--via", "qemu").good())
                .startsWith("sudo /bin/sh -c 'umask 0; exec \"$@\"' sh " + qemu)
                .contains(" -netdev vmnet-shared,id=net0 ")
                .contains(" -run-with user=");
        Installation.Result refused = vmlan("run", "-d", "--name", "web", "--via", "qemu");
        assertThat(refused.exitCode()).isEqualTo(1);
        assertThat(refused.err())
                .contains("up to macOS 15 only root can start QEMU's own vmnet")
                .contains("vmlan run --via qemu --sudo");
        assertThat(home.resolve("bin/asked")).doesNotExist();

        assertThat(vmlan("run", "-d", "--name", "web", "--via", "qemu", "--sudo")
                        .good())
                .isEqualTo("web");
        isTheUsers();

        assertThat(vmlan("pause", "web").exitCode()).isZero();
        awaitState("paused");
        assertThat(vmlan("resume", "web").exitCode()).isZero();
        assertThat(vmlan("ip", "--timeout", "0", "web").err())
                .contains("this host knows no IPv4 address of web after 0 s");
        Installation.Result again = vmlan("start", "web");
        assertThat(again.exitCode()).isZero();
        assertThat(again.err()).contains("web runs already");
        assertThat(vmlan("autostart", "web").bad(2)).contains("a VM with --via qemu cannot start by itself");
        Files.createFile(home.resolve("bin/refuses"));
        assertThat(vmlan("restart", "--force", "--sudo", "web").bad(1))
                .contains("sudo does not agree (it ended with 1), and nothing was stopped");
        Files.delete(home.resolve("bin/refuses"));
        assertThat(web().text("state")).isEqualTo("running");
        assertThat(vmlan("restart", "--force", "--sudo", "web").exitCode()).isZero();
        isTheUsers();
        vmlan("stop", "--timeout", "1", "web");
        assertThat(web().text("state")).isEqualTo("stopped");
        // by the shell above QEMU, a moment after QEMU is gone
        Path exit = home.resolve("files/state/vms/web/exit");
        Await.until(
                "QEMU's exit status to be 0",
                Duration.ofSeconds(60),
                () -> Files.readString(exit).equals("0\n") ? Optional.of(true) : Optional.empty(),
                () -> Files.readString(exit));
    }

    @Test
    void fromMacOs26OnARefusalOfVmnetHasItsCure() throws Exception {
        List<String> all = new ArrayList<>(variables);
        all.remove("VMLAN_MACOS_VERSION=15.5");
        all.addAll(List.of("VMLAN_MACOS_VERSION=26.0", VmnetQemu.REFUSES_OTHERS_THAN_ROOT));
        Installation.Result refused = nobody.withStandIn(all, "run", "-d", "--name", "web", "--via", "qemu");
        assertThat(refused.bad(1))
                .contains("cannot create vmnet interface: general failure (possibly not enough privileges)")
                .contains(
                        "let sudo start QEMU, which becomes you before the guest runs, by the same command with --sudo");
        assertThat(home.resolve("bin/asked")).doesNotExist();
    }

    @Test
    @EnabledIfSystemProperty(named = "user.name", matches = "root", disabledReason = "nobody else is root's QEMU")
    void aQemuThatIsRootsStillAndCannotBeEndedIsKeptAndNamed() throws Exception {
        Path program = qemu.resolve("qemu-system-x86_64");
        Path real = Files.move(program, qemu.resolve("with-vmnet"));
        Files.writeString(program, """
                #!/bin/sh
                if [ "$(id -u)" = 0 ]; then
                    while [ "$1" != -pidfile ]; do shift; done
                    echo $$ >"$2"
                    exec sleep 600
                fi
                exec '%s' "$@"
                """.formatted(real));
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.createFile(home.resolve("bin/asks"));
        Installation.Result result = vmlan("run", "-d", "--name", "web", "--via", "qemu", "--sudo");
        String pid =
                Files.readString(home.resolve("files/state/vms/web/qemu.pid")).strip();
        try {
            assertThat(result.bad(1))
                    .contains("QEMU (pid " + pid + ") is root's still, and runs on")
                    .contains("end it: sudo kill " + pid);
            assertThat(web().number("pid")).isEqualTo(Long.parseLong(pid));
            assertThat(vmlan("stop", "--force", "web").bad(1))
                    .contains("QEMU of web (pid " + pid + ") is another user's, and runs on")
                    .contains("end it: sudo kill " + pid);
        } finally {
            ProcessHandle.of(Long.parseLong(pid)).ifPresent(ProcessHandle::destroyForcibly);
        }
    }

    @Test
    void whoTypesSudoNeedNotSayItAgain() throws Exception {
        List<String> all = new ArrayList<>(variables);
        assertThat(nobody.underSudo(all, "run", "-d", "--name", "web", "--via", "qemu")
                        .good())
                .isEqualTo("web");
        assertThat(Files.readAllLines(home.resolve("bin/asked")))
                .startsWith("--")
                .contains("-run-with");
        assertThat(web().text("state")).isEqualTo("running");
        assertThat(vmlan("stop", "--force", "web").exitCode()).isZero();
    }

    private void isTheUsers() throws Exception {
        Fields web = web();
        assertThat(web.text("state")).isEqualTo("running");
        Fields network = web.objects("networks").getFirst();
        assertThat(network.text("network")).isEqualTo("vmnet-shared");
        assertThat(network.text("mac")).startsWith("52:54:00:");
        assertThat(nobody.owner(web.number("pid"))).isEqualTo(UnprivilegedUser.UID);
        List<String> said = Files.readAllLines(VmnetQemu.said(qemu));
        if (System.getProperty("user.name").equals("root")) {
            assertThat(said.getFirst()).as("who started QEMU").isEqualTo("0");
        }
        assertThat(said.get(1)).as("the umask of what root makes").matches("0+");
        assertThat(said).contains("vmnet-shared,id=net0");
        // what was made stays the user's to read and to remove
        for (String file : Arrays.asList("console.log", "qemu.log", "qemu.pid", "exit", "vm.json")) {
            Path path = home.resolve("files/state/vms/web").resolve(file);
            assertThat(Files.getAttribute(path, "unix:uid")).as(file).isEqualTo(UnprivilegedUser.UID);
        }
    }

    /// A monitor that does not answer within two seconds counts as one of a VM that runs.
    private void awaitState(String state) {
        Await.until(
                "web to be " + state,
                Duration.ofSeconds(60),
                () -> web().text("state").equals(state) ? Optional.of(true) : Optional.empty(),
                () -> vmlan("ps", "--json").out());
    }

    private Fields web() throws Exception {
        return Installation.list(vmlan("ps", "--json").good()).getFirst();
    }
}
