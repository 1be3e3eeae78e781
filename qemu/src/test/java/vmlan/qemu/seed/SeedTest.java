package vmlan.qemu.seed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.jr.ob.JSON;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vmlan.qemu.QemuException;
import vmlan.qemu.tool.Tool;

/// The seed as independent readers see it; that cloud-init makes something of it, a real guest shows.
class SeedTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final List<String> MACS = List.of("52:54:00:00:00:01", "52:54:00:00:00:02");

    @TempDir
    private Path folder;

    static String key(String type, String comment) {
        byte[] name = type.getBytes(StandardCharsets.US_ASCII);
        byte[] bytes = new byte[4 + name.length + 36];
        bytes[3] = (byte) name.length;
        System.arraycopy(name, 0, bytes, 4, name.length);
        return type + " " + Base64.getEncoder().encodeToString(bytes) + " " + comment;
    }

    @Test
    void theImageIsWhatOthersReadAsTheFilesUnderTheLabelCidata() throws Exception {
        String userData = "#cloud-config\npassword: grüße, $HOME \"'\n" + "#".repeat(9000) + "\n";
        Path image = folder.resolve("seed.iso");
        new Seed(userData, List.of(key("ssh-ed25519", "me"))).write(image, "web", MACS);

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(image)))
                .isEqualTo("rw-------");
        Tool blkid = Tool.run(LIMIT, List.of("/usr/sbin/blkid", "-p", "-o", "export", image.toString()));
        assertThat(blkid.output()).contains("LABEL=cidata\n").contains("TYPE=iso9660\n");
        for (String names : List.of("on", "off")) {
            Path out = folder.resolve("out-" + names);
            Tool xorriso = Tool.run(
                    LIMIT,
                    List.of(
                            "xorriso",
                            "-rockridge",
                            names,
                            "-joliet",
                            "on",
                            "-osirrox",
                            "on",
                            "-indev",
                            image.toString(),
                            "-extract",
                            "/",
                            out.toString()));
            assertThat(xorriso.status()).as(xorriso.errors()).isZero();
            assertThat(out.resolve("user-data")).as("Rock Ridge " + names).hasContent(userData);
            Map<String, Object> metadata = JSON.std.mapFrom(Files.readString(out.resolve("meta-data")));
            assertThat(metadata).containsEntry("local-hostname", "web");
            assertThat(metadata).containsEntry("public-keys", List.of(key("ssh-ed25519", "me")));
            assertThat(Files.readString(out.resolve("network-config")))
                    .contains(MACS.get(0))
                    .contains(MACS.get(1));
        }
        try (var files = Files.list(folder)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder("seed.iso", "out-on", "out-off");
        }
    }

    @Test
    void anInstanceStaysTheSameUntilItsSeedOrItsNameIsAnother() {
        Seed seed = new Seed("#!/bin/sh", List.of("a", "b"));
        assertThat(seed.instanceId("web")).startsWith("web-").isEqualTo(seed.instanceId("web"));
        List<String> ids = new ArrayList<>(List.of(seed.instanceId("web"), seed.instanceId("db")));
        ids.add(new Seed("#!/bin/sh", List.of("ab")).instanceId("web"));
        ids.add(new Seed(null, List.of("a", "b")).instanceId("web"));
        ids.add(new Seed("#!/bin/bash", List.of("a", "b")).instanceId("web"));
        assertThat(ids).doesNotHaveDuplicates();
    }

    @Test
    void oneNicNeedsNoConfigurationAndIsGivenNone() throws Exception {
        assertThat(new Seed(null, List.of("k")).files("web", MACS.subList(0, 1)))
                .containsOnlyKeys("meta-data", "user-data");
    }

    @Test
    void keysAreTakenFromAFileAsOpenSshWritesThem() throws Exception {
        String ed = key("ssh-ed25519", "me@host, with a comment");
        String sk = key("sk-ssh-ed25519@openssh.com", "");
        Path file = Files.writeString(folder.resolve("keys"), "# mine\n\n" + ed + "\r\n" + sk.strip() + "\n");
        assertThat(SshKeys.read(file)).containsExactly(ed, sk.strip());
    }

    @Test
    void aPrivateKeyIsRefusedAndNotShown() throws Exception {
        Path file = Files.writeString(
                folder.resolve("id"),
                "-----BEGIN OPENSSH PRIVATE KEY-----\nsecret\n-----END OPENSSH PRIVATE KEY-----\n");
        QemuException refused = refused(file);
        assertThat(refused.what()).contains("is a private key").doesNotContain("secret");
        assertThat(refused.remedy()).contains(file + ".pub");
    }

    @Test
    void whatIsNoKeyIsRefused() throws Exception {
        String good = key("ssh-rsa", "");
        for (String bad : List.of(
                "hello",
                "ssh-rsa AAAA",
                good.replace("ssh-rsa ", "ssh-dss "),
                good.strip().replaceFirst("...$", "!!!"),
                "command=\"x\" " + good,
                "\u0000\u0001")) {
            Path file = Files.writeString(folder.resolve("keys"), bad + "\n");
            assertThat(refused(file).what()).as(bad).contains("no public SSH key");
        }
        assertThat(refused(Files.writeString(folder.resolve("none"), "# nothing\n"))
                        .what())
                .contains("has no SSH key");
        assertThat(refused(Files.write(folder.resolve("binary"), new byte[] {(byte) 0xff, (byte) 0xfe}))
                        .what())
                .contains("is no text");
        assertThat(refused(folder).what()).contains("is a folder");
        assertThat(refused(folder.resolve("nowhere")).what()).contains("there is no file");
        assertThat(refused(Files.write(folder.resolve("big"), new byte[1 << 20]))
                        .what())
                .contains("is too big");
    }

    @Test
    void userDataThatCloudInitWouldIgnoreIsTakenWithAWord() throws Exception {
        List<String> said = new ArrayList<>();
        Path file = Files.writeString(folder.resolve("u"), "#cloud-config\n{}\n");
        assertThat(UserData.read(file, said::add)).isEqualTo("#cloud-config\n{}\n");
        assertThat(said).isEmpty();
        UserData.read(Files.writeString(file, "packages: [git]\n"), said::add);
        assertThat(said).singleElement().asString().contains("will ignore it");
    }

    private static QemuException refused(Path file) {
        return catchThrowableOfType(QemuException.class, () -> SshKeys.read(file));
    }
}
