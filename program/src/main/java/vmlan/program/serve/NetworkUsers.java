package vmlan.program.serve;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import vmlan.program.files.Fields;
import vmlan.program.files.Places;
import vmlan.program.files.StateFile;
import vmlan.program.message.Failure;
import vmlan.qemu.ProcessMark;

/// Which VMs run on a network, whether its process does or not.
final class NetworkUsers {
    private final Places places;
    private final Networks networks;

    NetworkUsers(Places places, Networks networks) {
        this.places = places;
        this.networks = networks;
    }

    /// The process knows who is on it, but for a QEMU that has just ended; its file who was when it was written last.
    ///
    /// @return the VMs' names; those that are just being started count
    List<String> of(String name) throws Failure, IOException {
        Path folder = places.stateIfAny("networks", name);
        List<String> vms = new ArrayList<>();
        boolean isServed = networks.client(name).isServed();
        List<String> attached = isServed
                ? networks.show(name).objects("ports").stream()
                        .map(port -> port.text("id"))
                        .toList()
                : null;
        Fields ports = new Fields(
                new StateFile(folder.resolve("ports.json")).read(line -> {}).orElse(Map.of()));
        for (Fields port : ports.objects("ports")) {
            long pid = port.optionalNumber("pid").orElse(0L);
            boolean isStarting = pid == 0 && isServed;
            boolean lives = isStarting
                    || ProcessMark.isAlive(pid, port.optionalNumber("pidMark").orElse(0L));
            boolean isHere = attached == null
                    || attached.contains(port.optionalText("id").orElse(""));
            port.optionalText("vm")
                    .filter(vm -> lives && isHere && !vms.contains(vm))
                    .ifPresent(vms::add);
        }
        return vms;
    }
}
