package vmlan.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SudoTest {
    @TempDir
    private Path folder;

    /// @param answer a case of sh for each first word
    private Path sudo(String answer) throws Exception {
        Path sudo = folder.resolve("sudo");
        Files.writeString(sudo, "#!/bin/sh\necho \"$*\" >>'%s'\ncase $1 in\n%s\nesac\n".formatted(asked(), answer));
        Files.setPosixFilePermissions(sudo, PosixFilePermissions.fromString("rwxr-xr-x"));
        return sudo;
    }

    private Path asked() {
        return folder.resolve("asked");
    }

    @Test
    void whoNeedsNoPasswordIsNotAskedForOne() throws Exception {
        Sudo.agree(sudo("-n) exit 0 ;;\n-v) exit 1 ;;"));
        assertThat(asked()).hasContent("-n -- /bin/sh -c :\n");
    }

    @Test
    void whoNeedsOneIsAsked() throws Exception {
        Sudo.agree(sudo("-n) exit 1 ;;\n-v) exit 0 ;;"));
        assertThat(asked()).hasContent("-n -- /bin/sh -c :\n-v\n");
    }

    @Test
    void aPasswordThatIsWrongIsARefusal() throws Exception {
        Path sudo = sudo("*) exit 1 ;;");
        QemuException e = catchThrowableOfType(QemuException.class, () -> Sudo.agree(sudo));
        assertThat(e.what()).isEqualTo("sudo does not agree (it ended with 1), and nothing was stopped");
        assertThat(e.remedy()).contains("sudo -l");
    }

    @Test
    void aSudoThatIsNotThereIsSaid() {
        QemuException e = catchThrowableOfType(QemuException.class, () -> Sudo.agree(folder.resolve("none")));
        assertThat(e.what()).startsWith("sudo cannot be asked: ");
    }
}
