package vmlan.program.autostart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import vmlan.program.files.Places;
import vmlan.program.message.Failure;

/// The installation of daemons in a folder that stands for `/`, with a launchctl there that keeps a list.
@EnabledOnOs(OS.LINUX)
class NetworkDaemonsTest {
    private static final int UID = 54321;

    /// Remembers which labels are loaded, and what it was told. The file `refuse` has it refuse to load.
    private static final String LAUNCHCTL = """
            #!/bin/sh
            here=${0%/*}
            echo "$*" >>"$here/told"
            case $1 in
            print) [ -e "$here/loaded-${2#system/}" ] ;;
            bootstrap)
                [ ! -e "$here/refuse" ] || { echo 'Bootstrap failed: 5: Input/output error' >&2; exit 5; }
                name=${3##*/}
                [ -e "$3" ] && touch "$here/loaded-${name%.plist}" ;;
            bootout) rm "$here/loaded-${2#system/}" ;;
            esac
            """;

    @TempDir
    private Path root;

    private Path checkout;
    private Path told;

    @BeforeEach
    void makeAMachine() throws Exception {
        checkout = Files.createDirectories(root.resolve("Users/ada/R & D"));
        Files.createDirectories(checkout.resolve("setup"));
        for (String script : List.of("network-daemon.sh", "open-network.sh")) {
            Files.copy(
                    Path.of("../setup", script).toRealPath(),
                    checkout.resolve("setup").resolve(script));
        }
        Files.createFile(checkout.resolve("vmlan"));
        Files.createDirectories(root.resolve("Library/LaunchDaemons"));
        Path launchctl = Files.createDirectories(root.resolve("bin")).resolve("launchctl");
        Files.writeString(launchctl, LAUNCHCTL);
        Files.setPosixFilePermissions(launchctl, PosixFilePermissions.fromString("rwxr-xr-x"));
        told = root.resolve("bin/told");
    }

    private NetworkDaemons daemons(int uid, boolean mac) throws Failure {
        return daemons(uid, mac, Map.of("HOME", root.resolve("Users/ada").toString()));
    }

    private NetworkDaemons daemons(int uid, boolean mac, Map<String, String> environment) throws Failure {
        return new NetworkDaemons(
                Places.in(root.resolve("home")),
                root,
                new NetworkDaemons.Machine(
                        mac, uid, 20, checkout.resolve("vmlan"), List.of(checkout.resolve("setup")), environment),
                false);
    }

    private Path file() {
        return root.resolve("Library/LaunchDaemons/vmlan-network-bridged-en0." + UID + ".plist");
    }

    @Test
    void whatIsInstalledIsListedAndTakenAway() throws Exception {
        NetworkDaemons daemons = daemons(UID, true);
        daemons.check("bridged-en0");
        assertThat(daemons.names()).isEmpty();
        assertThat(daemons.enable("bridged-en0"))
                .anySatisfy(line -> assertThat(line).contains("starts with the machine: " + file()))
                .anySatisfy(line -> assertThat(line).contains("runs as root from now on"));
        assertThat(Files.readString(told)).isEqualTo("""
                        print system/%1$s
                        enable system/%1$s
                        bootstrap system %2$s
                        """.formatted("vmlan-network-bridged-en0." + UID, file()));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
                .isEqualTo("rw-r--r--");
        assertThat(ReadPlist.read(Files.readString(file())).get("ProgramArguments"))
                .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.LIST)
                .contains(checkout.resolve("vmlan").toString(), "bridged-en0");
        assertThat(daemons.names()).containsExactly("bridged-en0");
        assertThat(daemons(UID + 1, true).names()).as("another user's").isEmpty();
        NetworkDaemon own = new NetworkDaemon("bridged-en0", UID, 20, null);
        assertThatThrownBy(() -> NetworkDaemons.refuseRemoval(root, own))
                .isInstanceOfSatisfying(Failure.class, failure -> {
                    assertThat(failure.what()).isEqualTo("the network 'bridged-en0' starts with the machine");
                    assertThat(failure.exitCode()).isEqualTo(2);
                });
        NetworkDaemons.refuseRemoval(root, new NetworkDaemon("bridged-en0", UID + 1, 20, null));

        Files.delete(told);
        daemons.enable("bridged-en0");
        assertThat(Files.readString(told))
                .as("once more: the one before goes first")
                .contains("bootout system/vmlan-network-bridged-en0." + UID + "\n");

        daemons.disable("bridged-en0");
        NetworkDaemons.refuseRemoval(root, own);
        assertThat(daemons.names()).isEmpty();
        assertThat(file()).doesNotExist();
        assertThat(root.resolve("bin/loaded-vmlan-network-bridged-en0." + UID)).doesNotExist();
        Files.delete(told);
        daemons.disable("bridged-en0");
        assertThat(told).as("nothing is left to be done").doesNotExist();
    }

    @Test
    void whatLaunchdRefusesLeavesNothingBehind() throws Exception {
        Files.createFile(root.resolve("bin/refuse"));
        assertThatThrownBy(() -> daemons(UID, true).enable("bridged-en0"))
                .isInstanceOf(Failure.class)
                .hasMessage("launchd was not told about the daemon of the network bridged-en0");
        assertThat(root.resolve("Library/LaunchDaemons")).isEmptyDirectory();
    }

    @Test
    void aFileOfAnotherIsLeftAlone() throws Exception {
        Files.writeString(file(), "<plist/>\n");
        assertThatThrownBy(() -> daemons(UID, true).enable("bridged-en0")).isInstanceOf(Failure.class);
        assertThatThrownBy(() -> daemons(UID, true).disable("bridged-en0")).isInstanceOf(Failure.class);
        assertThat(file()).hasContent("<plist/>");
        assertThat(told).doesNotExist();
    }

    @Test
    void aHostWithoutLaunchdIsToldWhatThereIsInstead() {
        assertThatThrownBy(() -> daemons(UID, false).check("bridged-en0"))
                .hasMessage("networks are started with the machine by launchd, which this host does not have")
                .satisfies(e -> assertThat(((Failure) e).remedy()).contains("sudo vmlan network start bridged-en0"));
    }

    @Test
    void rootHasNoDaemon() {
        assertThatThrownBy(() -> daemons(0, true).check("bridged-en0"))
                .hasMessage("a network's daemon works for a user, and this is root");
    }

    @Test
    void whatOthersCanChangeIsNotRunAsRoot() throws Exception {
        Path script = checkout.resolve("setup/open-network.sh");
        daemons(UID, true).check("bridged-en0");
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xrwx"));
        assertThatThrownBy(() -> daemons(UID, true).check("bridged-en0")).hasMessageContaining(script.toString());
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.setPosixFilePermissions(checkout, PosixFilePermissions.fromString("rwxrwxrwx"));
        assertThatThrownBy(() -> daemons(UID, true).check("bridged-en0"))
                .as("who can write to the folder can put another file there")
                .hasMessageContaining("somebody else than you can change " + checkout + ",");
        Files.setAttribute(checkout, "unix:mode", 01777);
        daemons(UID, true).check("bridged-en0");
        Files.setPosixFilePermissions(checkout, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.setAttribute(script, "unix:uid", UID);
        daemons(UID, true).check("bridged-en0");
        assertThatThrownBy(() -> daemons(UID + 1, true).check("bridged-en0"))
                .as("it is another user's")
                .hasMessageContaining(script.toString());
    }

    @Test
    void groupsOfWhoMayBecomeRootAnywayMayWrite() throws Exception {
        Path file = Files.createFile(root.resolve("java"));
        Files.setAttribute(file, "unix:gid", 80);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxrwxr-x"));
        assertThat(new RunAsRoot(UID, RunAsRoot.MACS).changeable(List.of(file))).isEmpty();
        Files.setAttribute(file, "unix:gid", 20);
        assertThat(new RunAsRoot(UID, RunAsRoot.MACS).changeable(List.of(file))).contains(file);
    }

    @Test
    void behindALinkBothEndsAreLookedAt() throws Exception {
        Path real = Files.createDirectories(root.resolve("real/lib"));
        Path open = Files.createDirectories(root.resolve("open"));
        Path link = Files.createSymbolicLink(open.resolve("link"), real);
        assertThat(new RunAsRoot(UID, RunAsRoot.MACS).changeable(List.of(link))).isEmpty();
        Files.setPosixFilePermissions(real.getParent(), PosixFilePermissions.fromString("rwxrwxrwx"));
        assertThat(new RunAsRoot(UID, RunAsRoot.MACS).changeable(List.of(link))).contains(real.getParent());
        Files.setPosixFilePermissions(real.getParent(), PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
        assertThat(new RunAsRoot(UID, RunAsRoot.MACS).changeable(List.of(link))).contains(open);
    }

    @Test
    void whereMacosLetsNoDaemonReadIsSaid() throws Exception {
        for (String folder : List.of("Documents", "Desktop", "Downloads", "Library/Mobile Documents")) {
            checkout = Files.createDirectories(
                    root.resolve("Users/ada").resolve(folder).resolve("vmlan"));
            assertThatThrownBy(() -> daemons(UID, true).check("bridged-en0"))
                    .hasMessageContaining("from where macOS lets no daemon read");
        }
        checkout = root.resolve("Users/ada/R & D");
        daemons(UID, true).check("bridged-en0");
        assertThatThrownBy(() -> daemons(UID, true, Map.of("VMLAN_HOME", "/Volumes/disk/vms"))
                        .check("bridged-en0"))
                .hasMessage("/Volumes/disk/vms is in /Volumes, from where macOS lets no daemon read");
        checkout = Path.of("/Volumes/disk/vmlan");
        assertThatThrownBy(() -> daemons(UID, true).check("bridged-en0")).hasMessageContaining("/Volumes");
    }
}
