package vmlan.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vmlan.qemu.language.QemuVersion;

/// Which firmware is taken, from descriptions as distributions have them.
class UefiFirmwareTest {
    @TempDir
    private Path folder;

    private Path share;

    @BeforeEach
    void makeFolders() throws Exception {
        share = Files.createDirectories(folder.resolve("share/firmware")).getParent();
    }

    private Path file(String name) throws Exception {
        return Files.write(folder.resolve(name), new byte[] {1});
    }

    private void describe(String name, String machines, String features, String code) throws Exception {
        Files.writeString(share.resolve("firmware").resolve(name), """
                {"description": "x", "interface-types": ["uefi"],
                 "mapping": {"device": "flash", "mode": "split",
                   "executable": {"filename": "%s", "format": "qcow2"},
                   "nvram-template": {"filename": "%s", "format": "raw"}},
                 "targets": [{"architecture": "x86_64", "machines": ["%s"]}],
                 "features": [%s], "tags": []}
                """.formatted(
                        file(code), file(code + ".vars"), machines, features));
    }

    private UefiFirmware find() throws QemuException {
        return UefiFirmware.find(QemuCommandLineTest.qemu(10, 0), List.of(folder.resolve("none"), share));
    }

    @Test
    void theFirstByNameIsTakenThatIsForTheMachineAndNeedsNothing() throws Exception {
        describe("10-smm.json", "pc-q35-*", "\"requires-smm\"", "smm");
        describe("20-keys.json", "pc-q35-*", "\"enrolled-keys\", \"secure-boot\"", "keys");
        describe("30-microvm.json", "microvm", "", "microvm");
        Files.writeString(share.resolve("firmware/40-damaged.json"), "{\"interface-types\": [\"uefi\"");
        Files.writeString(share.resolve("firmware/41-odd.json"), "{\"interface-types\": 7, \"targets\": {}}");
        describe("50-good.json", "pc-q35-*", "\"acpi-s3\"", "good");
        describe("60-later.json", "pc-q35-*", "", "later");
        assertThat(find())
                .isEqualTo(new UefiFirmware(folder.resolve("good"), "qcow2", folder.resolve("good.vars"), "raw"));
    }

    @Test
    void aDescriptionWhoseFilesAreGoneIsPassedOver() throws Exception {
        describe("10-gone.json", "pc-q35-*", "", "gone");
        Files.delete(folder.resolve("gone"));
        describe("20-there.json", "pc-q35-*", "", "there");
        assertThat(find().code()).isEqualTo(folder.resolve("there"));
    }

    @Test
    void aFolderBeforeHidesADescriptionOfTheSameName() throws Exception {
        describe("10-a.json", "pc-q35-*", "", "usual");
        Path own = Files.createDirectories(folder.resolve("own/firmware")).getParent();
        Files.createFile(own.resolve("firmware/10-a.json"));
        describe("20-b.json", "pc-q35-*", "", "other");
        assertThat(UefiFirmware.find(QemuCommandLineTest.qemu(10, 0), List.of(own, share))
                        .code())
                .as("an empty file masks it (QEMU docs/interop/firmware.json)")
                .isEqualTo(folder.resolve("other"));
    }

    @Test
    void withoutDescriptionsQemusOwnNamesAreLookedFor() throws Exception {
        Files.write(share.resolve("edk2-x86_64-code.fd"), new byte[] {1});
        Files.write(share.resolve("edk2-i386-vars.fd"), new byte[] {1});
        assertThat(find().code()).isEqualTo(share.resolve("edk2-x86_64-code.fd"));
    }

    @Test
    void whereThereIsNoneThePackageIsNamed() {
        QemuException none = catchThrowableOfType(QemuException.class, this::find);
        assertThat(none.what()).isEqualTo("there is no UEFI firmware for x86_64 here");
        assertThat(none.remedy()).contains("ovmf").contains("--firmware bios");
    }

    @Test
    void thisMachinesIsFoundForBothArchitectures() throws Exception {
        for (String architecture : List.of("x86_64", "aarch64")) {
            Qemu qemu = new Qemu(
                    Path.of("/usr/bin/qemu-system-" + architecture),
                    new QemuVersion(7, 2, 0),
                    architecture,
                    java.util.Set.of());
            UefiFirmware found = UefiFirmware.find(qemu, Map.of());
            assertThat(found.code()).isRegularFile();
            assertThat(found.template()).isRegularFile();
        }
    }
}
