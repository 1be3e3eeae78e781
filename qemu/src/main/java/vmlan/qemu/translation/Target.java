package vmlan.qemu.translation;

import vmlan.qemu.Accelerator;
import vmlan.qemu.AcceleratorProbe;

/// The host that a command line is made for, as far as that changes it.
///
/// @param isMac whether it is macOS; Linux otherwise
/// @param best what runs guests here, found by running one; null where that was not found out for this architecture
/// @param kvmOpens whether QEMU can open /dev/kvm, whatever comes of it then
/// @param mayUseVmnet whether QEMU may use Apple's vmnet.framework itself, which takes root
/// @param engine whether `user` networks are to be vmlan's
public record Target(
        boolean isMac, AcceleratorProbe.Chosen best, boolean kvmOpens, boolean mayUseVmnet, boolean engine) {

    /// Whether QEMU gets that accelerator to begin; if not, it tries the next one of the line.
    boolean begins(String accelerator) {
        return switch (accelerator) {
            case "tcg", "qtest" -> true;
            case "kvm" -> !isMac && kvmOpens;
            case "hvf" -> isMac && (best == null || best.accelerator() == Accelerator.HVF);
            // Xen's is for guests of Xen's own; the others are Windows', NetBSD's and one that is gone
            case "xen" -> !isMac;
            default -> false;
        };
    }

    /// Whether guests run by it here.
    boolean works(String accelerator) {
        return begins(accelerator)
                && (!accelerator.equals("kvm") || best == null || best.accelerator() == Accelerator.KVM);
    }
}
