package vmlan.qemu.seed;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import vmlan.qemu.QemuException;

/// User data for cloud-init.
public final class UserData {
    /// By its first words cloud-init knows what it has (cloud-init's page "User-data formats").
    private static final List<String> BEGINNINGS = List.of(
            "#cloud-config",
            "#!",
            "#include",
            "#cloud-boothook",
            "#part-handler",
            "#upstart-job",
            "## template:",
            "content-type:",
            "mime-version:");

    private UserData() {}

    /// @param note is told when cloud-init will make nothing of it
    public static String read(Path file, Consumer<String> note) throws QemuException {
        String text = SshKeys.text(file, "user data");
        String beginning = text.substring(0, Math.min(text.length(), 40)).toLowerCase(java.util.Locale.ROOT);
        if (BEGINNINGS.stream().noneMatch(beginning::startsWith)) {
            note.accept(file + " begins with neither #cloud-config nor #! nor another word that cloud-init knows:"
                    + " it will ignore it");
        }
        return text;
    }
}
