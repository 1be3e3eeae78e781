package vmlan.program.doctor;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import vmlan.program.files.Fields;
import vmlan.program.files.Json;

/// What `vm.json` says of a VM, without the store: that one sets aside what makes no sense, and here nothing is
/// changed.
final class KeptVms {
    private KeptVms() {}

    /// Those that can be told; none of a file that is damaged.
    static List<Path> disks(Host host, Path vmFolder) {
        List<Path> disks = new ArrayList<>();
        try {
            String text = host.text(vmFolder.resolve("vm.json"));
            Fields vm = new Fields(Json.object(text.getBytes(StandardCharsets.UTF_8)));
            for (Fields disk : vm.object("spec").objects("disks")) {
                disk.optionalText("file").map(Path::of).ifPresent(disks::add);
            }
        } catch (IOException | RuntimeException e) {
            return List.of();
        }
        disks.removeIf(disk -> disk.getParent() == null);
        return disks;
    }
}
