package vmlan.qemu;

import java.nio.file.Path;

/// How a VM boots.
///
/// @param kernel that QEMU loads itself; null: the firmware looks for something to boot
/// @param uefi null for the machine's own firmware: a PC's BIOS, and none at all on Arm
/// @param from where the firmware looks first
public record Boot(Kernel kernel, Uefi uefi, From from) {
    /// A kernel in place of firmware that looks for a disk.
    ///
    /// @param initrd null: none
    /// @param append the kernel's command line
    public record Kernel(Path file, Path initrd, String append) {}

    /// UEFI firmware as two flash chips.
    ///
    /// @param variables where this VM's firmware keeps its settings; null: nowhere
    public record Uefi(Path code, String codeFormat, Path variables, String variablesFormat) {}

    /// The others come after it, disks before CD-ROMs.
    public enum From {
        DISK,
        CDROM,
        NETWORK
    }

    public static Boot of(Kernel kernel) {
        return new Boot(kernel, null, From.DISK);
    }

    /// By the firmware that the machine has of its own.
    public static Boot firmware() {
        return new Boot(null, null, From.DISK);
    }

    boolean isByFirmware() {
        return kernel == null;
    }
}
