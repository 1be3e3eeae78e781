package vmlan.qemu;

import java.util.Locale;

/// What runs the guest's instructions.
public enum Accelerator {
    /// Apple's Hypervisor.framework.
    HVF,
    /// Linux' KVM.
    KVM,
    /// QEMU's own translator: slow, and everywhere.
    TCG;

    /// As `-accel` wants it.
    public String qemuName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
