package vmlan.program.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vmlan.program.message.Failure;

class PlacesTest {
    @TempDir
    private Path home;

    private static int uid() throws Exception {
        return (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
    }

    private Places of(Map<String, String> environment, boolean mac) throws Exception {
        return Places.of(environment, mac, uid());
    }

    @Test
    void withoutVariablesTheFoldersAreThoseOfTheXdgSpecification() throws Exception {
        Places places = of(Map.of("HOME", home.toString(), "TMPDIR", home.toString()), false);
        assertThat(places.config()).isEqualTo(home.resolve(".config/vmlan"));
        assertThat(places.state()).isEqualTo(home.resolve(".local/state/vmlan"));
        assertThat(places.cache()).isEqualTo(home.resolve(".cache/vmlan"));
        assertThat(places.socket("shared", "control.sock"))
                .isEqualTo(home.resolve("vmlan-" + uid() + "/shared/control.sock"));
    }

    @Test
    void theXdgVariablesCountWhereTheyAreAbsolute() throws Exception {
        Places places = of(
                Map.of(
                        "HOME",
                        home.toString(),
                        "XDG_STATE_HOME",
                        home + "/s",
                        "XDG_CACHE_HOME",
                        "relative",
                        "XDG_RUNTIME_DIR",
                        home + "/r"),
                false);
        assertThat(places.state()).isEqualTo(home.resolve("s/vmlan"));
        assertThat(places.cache()).isEqualTo(home.resolve(".cache/vmlan"));
        assertThat(places.socket("shared", "qemu.sock")).isEqualTo(home.resolve("r/vmlan/shared/qemu.sock"));
    }

    @Test
    void macOsKeepsThingsInTheLibrary() throws Exception {
        Places places = of(Map.of("HOME", home.toString(), "TMPDIR", home.toString()), true);
        assertThat(places.state()).isEqualTo(home.resolve("Library/Application Support/vmlan/state"));
        assertThat(places.cache()).isEqualTo(home.resolve("Library/Caches/vmlan"));
    }

    @Test
    void vmlanHomeHoldsEverythingAndNeedsNoHome() throws Exception {
        Places places = of(Map.of("VMLAN_HOME", home.toString()), false);
        assertThat(places.state("vms")).isEqualTo(home.resolve("state/vms")).isDirectory();
        assertThat(places.socket("shared", "a.sock")).isEqualTo(home.resolve("run/shared/a.sock"));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(home.resolve("run"))))
                .isEqualTo("rwx------");
    }

    @Test
    void noHomeFolderIsSaid() {
        assertThatThrownBy(() -> of(Map.of(), false))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("$HOME is not set");
    }

    @Test
    void aPathTooLongForASocketBecomesAShortOneThatIsAlwaysTheSame() throws Exception {
        Path deep = home.resolve("d".repeat(120));
        Places places = of(Map.of("VMLAN_HOME", deep.toString()), false);
        Path socket = places.socket("shared", "control.sock");
        assertThat(socket.toString().length()).isLessThan(Places.SOCKET_PATH_LIMIT);
        assertThat(socket).isEqualTo(places.socket("shared", "control.sock"));
        assertThat(socket).isNotEqualTo(places.socket("private", "control.sock"));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket.getParent())))
                .isEqualTo("rwx------");
    }

    @Test
    void aRunFolderThatIsALinkIsRefused() throws Exception {
        Path elsewhere = Files.createDirectory(home.resolve("elsewhere"));
        Files.createSymbolicLink(home.resolve("vmlan-" + uid()), elsewhere);
        Places places = of(Map.of("HOME", home.toString(), "TMPDIR", home.toString()), false);
        assertThatThrownBy(() -> places.socket("shared", "control.sock"))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("is a link");
        assertThat(elsewhere).isEmptyDirectory();
    }

    @Test
    void aFolderOpenToOthersIsClosed() throws Exception {
        Files.createDirectory(home.resolve("vmlan-" + uid()));
        Files.setPosixFilePermissions(home.resolve("vmlan-" + uid()), PosixFilePermissions.fromString("rwxr-xr-x"));
        of(Map.of("HOME", home.toString(), "TMPDIR", home.toString()), false).socket("shared", "x.sock");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(home.resolve("vmlan-" + uid()))))
                .isEqualTo("rwx------");
    }

    @Test
    void aFolderThatCannotBeMadeIsSaidWithItsReason() throws Exception {
        Files.writeString(home.resolve("state"), "a file where a folder should be");
        Places places = of(Map.of("VMLAN_HOME", home.toString()), false);
        assertThatThrownBy(() -> places.state("vms"))
                .isInstanceOf(Failure.class)
                .hasMessageContaining(home.resolve("state").toString());
    }

    @Test
    void aRuntimeFolderOfAnotherUserCountsAsNotSet() throws Exception {
        Map<String, String> environment =
                Map.of("HOME", "/home/ann", "TMPDIR", "/var/tmp", "XDG_RUNTIME_DIR", home.toString());
        assertThat(Places.of(environment, false, uid()).runIfAny()).isEqualTo(home.resolve("vmlan"));
        assertThat(Places.of(environment, false, uid() + 1).runIfAny())
                .as("as after su, which keeps the variable")
                .isEqualTo(Path.of("/var/tmp/vmlan-" + (uid() + 1)));
    }

    @Test
    void aRelativeVmlanHomeAndOneOfTwoLinesAreRefused() {
        for (String bad : new String[] {"vmlan", "./x", "/tmp/a\nb", "/tmp/\u001b[31m"}) {
            assertThatThrownBy(() -> of(Map.of("VMLAN_HOME", bad), false))
                    .as(bad)
                    .isInstanceOfSatisfying(
                            Failure.class,
                            failure -> assertThat(failure.exitCode()).isEqualTo(Failure.USAGE))
                    .hasMessageStartingWith("VMLAN_HOME ");
        }
        assertThatThrownBy(() -> of(Map.of("HOME", home.toString(), "TMPDIR", "/tmp/\r"), false))
                .hasMessageStartingWith("TMPDIR has a line break");
    }

    @Test
    void lookingForPathsMakesNothing() throws Exception {
        Places places = of(Map.of("VMLAN_HOME", home.toString()), false);
        assertThat(places.socketIfAny("shared", "a.sock")).isEqualTo(home.resolve("run/shared/a.sock"));
        assertThat(places.cacheIfAny()).isEqualTo(home.resolve("cache"));
        assertThat(places.stateIfAny("vms")).isEqualTo(home.resolve("state/vms"));
        assertThat(home).isEmptyDirectory();
        assertThat(places.socket("shared", "a.sock")).as("the same").isEqualTo(places.socketIfAny("shared", "a.sock"));
    }
}
