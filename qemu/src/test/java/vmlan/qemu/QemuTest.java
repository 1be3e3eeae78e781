package vmlan.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import vmlan.qemu.language.QemuVersion;

class QemuTest {
    private static final String NETDEVS = "socket\\nstream\\ndgram\\nuser";

    @TempDir
    Path folder;

    @Test
    void theInstalledQemuIsFoundAndAsked() throws Exception {
        Qemu qemu = Qemu.find("x86_64", System.getenv(), folder);

        assertThat(qemu.version().isAtLeast(7, 2)).isTrue();
        assertThat(qemu.netdevTypes()).contains("stream", "dgram", "hubport");
        assertThat(Qemu.find("x86_64", System.getenv(), folder)).isEqualTo(qemu);
    }

    @ParameterizedTest
    @CsvSource({
        "7.2.22, QEMU_LISTENS",
        "8.0.0, RECONNECT_SECONDS",
        "9.1.90, RECONNECT_SECONDS",
        "9.2.0, RECONNECT_MS",
        "10.2.1, RECONNECT_MS"
    })
    void eachGenerationIsAttachedInItsOwnWay(String version, StreamAttachment expected) throws Exception {
        assertThat(find(Scripts.fakeQemu(folder, version, NETDEVS)).attachment())
                .isEqualTo(expected);
    }

    @Test
    void anOlderQemuThan72IsRefusedByName() throws Exception {
        QemuException refused = refusal(Scripts.fakeQemu(folder, "6.2.0 (Debian 1:6.2+dfsg-2ubuntu6)", NETDEVS));

        assertThat(refused.what()).isEqualTo("QEMU 6.2 is too old: vmlan needs 7.2 or newer");
        assertThat(refused.remedy()).contains("VMLAN_QEMU");
        assertThat(refused.kind()).as("it was asked for").isEqualTo(QemuException.Kind.CONFIGURATION);
    }

    @Test
    void aQemuWithoutStreamIsRefused() throws Exception {
        assertThat(refusal(Scripts.fakeQemu(folder, "8.0.0", "user\\ntap")).what())
                .contains("-netdev stream");
    }

    @Test
    void whatIsNoQemuIsRefusedWithItsAnswer() throws Exception {
        Path other = Scripts.write(folder.resolve("qemu-system-x86_64"), "echo I am a teapot");
        assertThat(refusal(other).what()).contains("does not name a version: I am a teapot");
    }

    @Test
    void aQemuThatFailsIsRefusedWithItsLastLine() throws Exception {
        Path broken = Scripts.write(
                folder.resolve("qemu-system-x86_64"), "echo 'error while loading libslirp.so.0' >&2; exit 127");
        assertThat(refusal(broken).what()).endsWith("failed: error while loading libslirp.so.0");
    }

    @Test
    void aQemuIsAskedOnceAndAgainWhenTheBinaryChanged() throws Exception {
        Path binary = Scripts.fakeQemu(folder, "8.1.0", NETDEVS);
        find(binary);
        long once = Scripts.timesAsked(folder);
        find(binary);
        assertThat(Scripts.timesAsked(folder)).isEqualTo(once).isPositive();

        Scripts.fakeQemu(folder, "10.0.0", NETDEVS);
        Files.setLastModifiedTime(binary, FileTime.fromMillis(1_000_000));
        assertThat(find(binary).version().major()).isEqualTo(10);
    }

    @ParameterizedTest
    @CsvSource({"''", "{", "[1]", "not json", "{\"%s\":7}", "{\"%s\":{\"identity\":3}}"})
    void aDamagedCacheIsAskedAgain(String damage) throws Exception {
        Path binary = Scripts.fakeQemu(folder, "8.1.0", NETDEVS);
        Path cache = Files.createDirectories(folder.resolve("cache"));
        Files.writeString(cache.resolve("qemu.json"), damage.replace("%s", binary.toString()));

        assertThat(find(binary).version()).isEqualTo(new QemuVersion(8, 1, 0));
        long asked = Scripts.timesAsked(folder);
        find(binary);
        assertThat(Scripts.timesAsked(folder)).as("the cache is whole again").isEqualTo(asked);
    }

    @Test
    void aCacheThatCannotBeWrittenIsNoError() throws Exception {
        Path binary = Scripts.fakeQemu(folder, "8.1.0", NETDEVS);
        Path notAFolder = Files.writeString(folder.resolve("file"), "");
        assertThat(Qemu.find("x86_64", Map.of("VMLAN_QEMU", binary.toString()), notAFolder)
                        .version())
                .isEqualTo(new QemuVersion(8, 1, 0));
    }

    @Test
    void theVariableMayNameAFolder() throws Exception {
        Path binary = Scripts.fakeQemu(folder, "8.1.0", NETDEVS);
        assertThat(find(folder).binary()).isEqualTo(binary);
    }

    @Test
    void theVariableMustLeadToTheRightProgram() throws Exception {
        Path other = Scripts.write(folder.resolve("qemu-system-aarch64"), "exit 1");
        assertThat(refusal(other).what())
                .isEqualTo("VMLAN_QEMU names qemu-system-aarch64, and this VM needs qemu-system-x86_64");
        assertThat(refusal(folder.resolve("nothing")).what()).contains("not a program");
    }

    @Test
    void thePathIsUsedAndWhatIsMissingHasAnInstallLine() throws Exception {
        Path binary = Scripts.fakeQemu(folder, "8.1.0", NETDEVS);
        Qemu found = Qemu.find("x86_64", Map.of("PATH", "/nonexistent:" + folder), folder.resolve("cache"));
        assertThat(found.binary()).isEqualTo(binary);

        QemuException missing = catchThrowableOfType(
                QemuException.class, () -> Qemu.find("vax", Map.of("PATH", ""), folder.resolve("cache")));
        assertThat(missing.what()).isEqualTo("qemu-system-vax is not installed");
        assertThat(missing.remedy()).startsWith("install");
    }

    @Test
    void theListOfNetdevTypesHasTheTypesAndNotTheHeadline() {
        assertThat(Qemu.netdevTypes("Available netdev backend types:\nstream\nvhost-vdpa\n af-xdp \n\nA note.\n"))
                .containsExactlyInAnyOrder("stream", "vhost-vdpa", "af-xdp");
    }

    private Qemu find(Path variable) throws QemuException {
        return Qemu.find("x86_64", Map.of("VMLAN_QEMU", variable.toString()), folder.resolve("cache"));
    }

    private QemuException refusal(Path variable) throws IOException {
        return catchThrowableOfType(QemuException.class, () -> find(variable));
    }

    @Test
    void aQemuThatNobodyNamedAndThatIsMissingIsTheWorlds() {
        QemuException missing = catchThrowableOfType(
                QemuException.class, () -> Qemu.find("no-such-machine", Map.of("PATH", folder.toString()), folder));

        assertThat(missing.kind()).isEqualTo(QemuException.Kind.WORLD);
        assertThat(missing.what()).isEqualTo("qemu-system-no-such-machine is not installed");
    }
}
