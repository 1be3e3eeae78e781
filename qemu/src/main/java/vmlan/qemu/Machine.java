package vmlan.qemu;

import java.nio.file.Path;
import java.util.List;

/// A VM as vmlan wants it, before it is written down for one QEMU.
///
/// @param architecture as in [Qemu#architecture]
/// @param consoleSocket where the serial console can be reached, by one at a time
/// @param consoleLog what the console said, appended
/// @param qmpSocket for whoever starts and stops the VM
/// @param networkQmpSocket a monitor of its own for the network's process; null: none
/// @param agentSocket leads to the guest's agent, if it runs one; null: no channel to it
/// @param extraArguments the user's, put last, so that they win where QEMU lets the last one win
public record Machine(
        String name,
        String architecture,
        int cpus,
        long memoryBytes,
        List<Nic> nics,
        List<Disk> disks,
        Boot boot,
        Path consoleSocket,
        Path consoleLog,
        Path qmpSocket,
        Path networkQmpSocket,
        Path agentSocket,
        Path pidFile,
        List<String> extraArguments) {

    public Machine {
        if (cpus < 1 || memoryBytes < 1) {
            throw new IllegalArgumentException("a machine needs a processor and memory");
        }
        nics = List.copyOf(nics);
        disks = List.copyOf(disks);
        extraArguments = List.copyOf(extraArguments);
    }
}
