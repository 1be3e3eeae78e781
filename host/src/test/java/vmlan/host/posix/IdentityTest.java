package vmlan.host.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import vmlan.host.linux.CopiedClasses;
import vmlan.host.linux.NetworkNamespace;

/// Root's process that works for a user. Run as root, on Linux, where every thread can be looked at.
@EnabledOnOs(OS.LINUX)
class IdentityTest {
    /// A user whom this machine does not know.
    private static final int UID = 54321;

    private static final int GID = 54322;

    private static final String NO_CAPABILITY = "0000000000000000";

    private static CopiedClasses classes;

    @TempDir
    private Path folder;

    @BeforeAll
    static void copyTheClasses() throws Exception {
        classes = new CopiedClasses();
    }

    @AfterAll
    static void removeTheCopy() throws IOException {
        classes.close();
    }

    @BeforeEach
    void letTheOwnerWrite() throws IOException {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
    }

    /// What the program says, by what a line begins with.
    private Map<String, String> run(String owner, String action) throws Exception {
        Map<String, String> said = new HashMap<>();
        NetworkNamespace.command("env " + Identity.VARIABLE + "=" + owner + " "
                        + classes.java(IdentityProgram.class, action + " " + folder))
                .lines()
                .forEach(line -> said.put(line.replaceAll(": .*", ""), line.replaceAll("^.*?: ", "")));
        return said;
    }

    private int owner(String file) throws IOException {
        return (Integer) Files.getAttribute(folder.resolve(file), "unix:uid");
    }

    private int group(String file) throws IOException {
        return (Integer) Files.getAttribute(folder.resolve(file), "unix:gid");
    }

    /// real, effective, saved, and that of files; all threads the same
    private static String ids(int real, int effective, int saved, int realGroup, int effectiveGroup, int savedGroup) {
        return "Uid: " + real + " " + effective + " " + saved + " " + effective + "; Gid: " + realGroup + " "
                + effectiveGroup + " " + savedGroup + " " + effectiveGroup + "; Groups: ";
    }

    @Test
    void whatIsMadeBelongsToTheOwnerAndRootIsThereForTheTimeOfACall() throws Exception {
        Map<String, String> said = run(UID + ":" + GID, "act");
        String acting = ids(0, UID, 0, 0, GID, 0) + GID;
        for (String when : new String[] {"acting", "after", "after an exception", "acting again"}) {
            assertThat(said.get(when)).as(when).startsWith(acting).contains("CapEff: " + NO_CAPABILITY);
            assertThat(said.get(when)).as("all threads agree").doesNotContain(" AND ");
        }
        for (String when : new String[] {"as root", "in one another", "the outer one goes on"}) {
            assertThat(said.get(when))
                    .as(when)
                    .startsWith(ids(0, 0, 0, 0, 0, 0))
                    .doesNotContain("CapEff: " + NO_CAPABILITY)
                    .doesNotContain(" AND ");
        }
        assertThat(said).containsEntry("caught", "thrown");
        for (String file : new String[] {"acting", "after", "child"}) {
            assertThat(owner(file)).as(file).isEqualTo(UID);
            assertThat(group(file)).as(file).isEqualTo(GID);
        }
        assertThat(owner("as-root")).isZero();
        assertThat(group("as-root")).isZero();
        assertThat(said.get("child"))
                .as("an exec keeps the real user, and saves the effective one")
                .startsWith(ids(0, UID, UID, 0, GID, GID));
    }

    @Test
    void afterwardsNothingOfRootIsLeftInAnyThreadOrChild() throws Exception {
        Map<String, String> said = run(UID + ":" + GID, "become");
        String owner =
                ids(UID, UID, UID, GID, GID, GID) + GID + "; CapPrm: " + NO_CAPABILITY + "; CapEff: " + NO_CAPABILITY;
        for (String when : new String[] {"owner", "child", "with new threads"}) {
            assertThat(said).as(when).containsEntry(when, owner);
        }
        assertThat(said.get("refused")).startsWith("seteuid(0): EPERM, not permitted; this process has to be root's");
        assertThat(said).as("it is nobody's who works for somebody").containsEntry("owned", "true");
        assertThat(owner("owner")).isEqualTo(UID);
        assertThat(owner("child")).isEqualTo(UID);
    }

    @Test
    void aUserWhomTheSystemKnowsHasAllOfTheirGroups() throws Exception {
        String name = NetworkNamespace.command("id -un 65534").strip();
        String groups = NetworkNamespace.command("id -G " + name).strip();
        assertThat(run("65534:65534", "become").get("owner"))
                .startsWith(ids(65534, 65534, 65534, 65534, 65534, 65534) + groups + ";");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "501",
                "501:",
                ":20",
                "501:20:0",
                "-1:20",
                "501:-1",
                " 501:20",
                "me:staff",
                "4294967295:20",
                "501:4294967295",
                "99999999999:20",
                "501:20\n"
            })
    void whatNamesNoOwnerIsRefused(String owner) {
        assertThatThrownBy(() -> Identity.parse(owner)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void rootNeedsNobodyToWorkFor() {
        assertThatThrownBy(() -> Identity.parse("0:0")).hasMessage("'0:0' is root, which needs nobody to work for");
    }

    @Test
    void numbersAreUnsigned() {
        assertThat(Identity.parse("4294967294:4294967294")).hasToString("4294967294:4294967294");
    }

    @Test
    void withoutTheVariableThereIsNoOwner() {
        assertThat(Identity.of(null)).isEmpty();
    }
}
