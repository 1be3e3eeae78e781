package vmlan.program.vm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vmlan.program.files.Places;
import vmlan.program.message.Failure;

/// The system's own ssh says what it makes of the configuration.
class SshConfigTest {
    @TempDir
    Path folder;

    private Path users;
    private Places places;
    private SshConfig config;

    @BeforeEach
    void aHomeWithSpaces() throws Exception {
        Path home = Files.createDirectory(folder.resolve("a home"));
        places = Places.in(home.resolve("100% mine"));
        users = home.resolve(".ssh/config");
        config = SshConfig.in(places, users.getParent());
    }

    private String blocks(String... vms) {
        return blocks(Set.of(), vms);
    }

    private String blocks(Set<String> aliases, String... vms) {
        return SshConfig.blocks(List.of("/opt/my 100%/vmlan"), List.of(vms), aliases, new VmStore(places, line -> {}));
    }

    /// The lines of `ssh -G`, which prints the configuration for a host.
    private static List<String> ssh(Path file, String host) throws Exception {
        Process ssh = new ProcessBuilder("ssh", "-G", "-F", file.toString(), host)
                .redirectErrorStream(true)
                .start();
        String said = new String(ssh.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(ssh.waitFor()).as(said).isZero();
        return said.lines().toList();
    }

    @Test
    void bothNamesOfAVmLeadToIt() throws Exception {
        config.install(blocks("db", "web"));
        for (String name : List.of("web", "web.vmlan.internal")) {
            assertThat(ssh(users, name))
                    .contains(
                            "hostname web.vmlan.internal",
                            "hostkeyalias web.vmlan.internal",
                            "proxycommand '/opt/my 100%%/vmlan' connect web:%p",
                            "stricthostkeychecking accept-new")
                    .anyMatch(line ->
                            line.startsWith("userknownhostsfile ") && line.endsWith("mine/state/vms/web/known_hosts"));
        }
    }

    /// ssh gives a ProxyCommand to a shell, and before 9.6 a host name with whatever characters for %h
    /// (CVE-2023-51385).
    @Test
    void noHostsNameIsPutIntoACommandAndOnlyVmsNamesLeadToIt() throws Exception {
        config.install(blocks("web"));
        assertThat(Files.readString(places.stateIfAny("ssh_config")))
                .doesNotContain("%h")
                .doesNotContain("%n")
                .doesNotContain("*");
        for (String other : List.of("new.vmlan.internal", "elsewhere.example")) {
            assertThat(ssh(users, other)).noneMatch(line -> line.startsWith("proxycommand"));
        }
    }

    @Test
    void anAliasOfTheUsersOwnStaysTheirs() throws Exception {
        Files.createDirectory(users.getParent());
        Files.writeString(users, """
                # Host remark
                Host db *.example !web
                  HostName db.example
                  host=quick "with space"  # Host behind
                HOST\tweb web2
                  HostName web.example
                Match host matched
                """);
        Set<String> aliases = config.aliases();
        assertThat(aliases).containsExactlyInAnyOrder("db", "quick", "web", "web2");
        config.install(blocks(aliases, "new", "web"));
        assertThat(ssh(users, "web"))
                .contains("hostname web.example")
                .noneMatch(line -> line.startsWith("proxycommand"));
        assertThat(ssh(users, "web.vmlan.internal")).contains("proxycommand '/opt/my 100%%/vmlan' connect web:%p");
        assertThat(ssh(users, "new")).contains("hostname new.vmlan.internal");
    }

    @Test
    void theEnvironmentThatSaysWhereTheVmsAreComesAlong() {
        assertThat(SshConfig.launcher("/v/vmlan", Map.of("VMLAN_HOME", "/my vms", "XDG_STATE_HOME", "relative")))
                .containsExactly("/usr/bin/env", "VMLAN_HOME=/my vms", "/v/vmlan");
        assertThat(SshConfig.launcher("/v/vmlan", Map.of())).containsExactly("/v/vmlan");
    }

    @Test
    void installingTwiceIsInstallingOnceAndRemovingLeavesWhatWasThere() throws Exception {
        Files.createDirectory(users.getParent());
        byte[] before =
                "Host *\r\n  User me # caf\u00e9\n\n\nHost web\n  Port 2222".getBytes(StandardCharsets.ISO_8859_1);
        Files.write(users, before);
        Files.setPosixFilePermissions(users, PosixFilePermissions.fromString("rw-r--r--"));
        assertThat(config.install(blocks("web"))).isTrue();
        byte[] once = Files.readAllBytes(users);
        assertThat(config.install(blocks("web"))).isFalse();
        assertThat(Files.readAllBytes(users)).isEqualTo(once);
        assertThat(new String(once, StandardCharsets.ISO_8859_1))
                .startsWith("# ")
                .endsWith(new String(before, StandardCharsets.ISO_8859_1));
        assertThat(ssh(users, "web")).contains("hostname web.vmlan.internal", "user me", "port 2222");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(users)))
                .isEqualTo("rw-r--r--");
        assertThat(config.remove()).isTrue();
        assertThat(Files.readAllBytes(users)).isEqualTo(before);
        assertThat(config.remove()).isFalse();
        assertThat(Files.exists(places.stateIfAny("ssh_config"))).isFalse();
    }

    @Test
    void aConfigurationThatWasNotThereIsGoneAgain() throws Exception {
        config.install(blocks());
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(users)))
                .isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(users.getParent())))
                .isEqualTo("rwx------");
        config.remove();
        assertThat(users).doesNotExist();
    }

    @Test
    void aLinkStaysALink() throws Exception {
        Files.createDirectory(users.getParent());
        Path real = Files.writeString(folder.resolve("dotfiles"), "Host a\n");
        Files.createSymbolicLink(users, real);
        config.install(blocks("web"));
        assertThat(users).isSymbolicLink();
        assertThat(Files.readString(real)).contains("Include ").endsWith("Host a\n");
        config.remove();
        assertThat(Files.readString(real)).isEqualTo("Host a\n");
    }

    @Test
    void itFollowsTheVmsOnceItIsInstalled() throws IOException, Failure {
        config.follow(blocks("web"));
        assertThat(config.isInstalled()).isFalse();
        config.install(blocks("web"));
        config.follow(blocks("db", "web"));
        assertThat(Files.readString(places.stateIfAny("ssh_config"))).contains("Host db db.vmlan.internal");
    }
}
