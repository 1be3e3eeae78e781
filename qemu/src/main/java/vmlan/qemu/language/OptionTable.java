package vmlan.qemu.language;

import java.util.Set;

/// Which options QEMU has, and which of them take a value: qemu-options.hx of 7.2 and 10.0 together. It matters for the
/// words behind an option that is not about networks: they are its value, or a disk. No option changed in that.
public final class OptionTable {
    private static final Set<String> WITH_VALUE = words("""
            D L M accel acpitable action add-fd append audio audiodev bios blockdev boot cdrom chardev
            chroot compat cpu d debugcon device dfilter display drive dtb dump-vmstate echr fda fdb fsdev
            fw_cfg g gdb global hda hdb hdc hdd icount incoming initrd iscsi k kernel loadvm m machine mem-path
            mon monitor msg mtdblock name net netdev nic numa object option-rom overcommit parallel
            pflash pidfile plugin prom-env qmp qmp-pretty qtest qtest-log readconfig rotate rtc run-with
            runas sandbox sd seed semihosting-config serial set shim smbios smp spice tpmdev trace
            usbdevice uuid vga virtfs vnc watchdog-action xen-domid
            """);

    private static final Set<String> FLAGS = words("""
            S async-teardown audio-help daemonize enable-kvm enable-sync-profile full-screen h help jitdump
            mem-prealloc no-acpi no-fd-bootchk no-hpet no-reboot no-shutdown no-user-config nodefaults
            nographic old-param only-migratable perfmap portrait preconfig s semihosting singlestep
            snapshot usb version win2k-hack xen-attach xen-domid-restrict
            """);

    /// Gone in 10.0.
    private static final Set<String> OLD =
            words("async-teardown audio-help chroot no-acpi no-hpet portrait rotate runas singlestep");
    /// Not in 7.2.
    private static final Set<String> NEW = words("jitdump perfmap run-with shim");

    private OptionTable() {}

    private static Set<String> words(String text) {
        return Set.of(text.strip().split("\\s+"));
    }

    /// @param name without hyphens
    public static boolean takesValue(String name) {
        return WITH_VALUE.contains(name);
    }

    /// Whether that QEMU certainly says `invalid option`. Of versions between the two, and of newer ones, that is not
    /// known of every option.
    public static boolean isMissing(String name, Dialect dialect) {
        boolean known = WITH_VALUE.contains(name) || FLAGS.contains(name);
        boolean old = !dialect.isAtLeast(8, 0);
        boolean newest = dialect.isAtLeast(10, 0);
        if (known) {
            return (old && NEW.contains(name)) || (newest && OLD.contains(name));
        }
        return !dialect.isAtLeast(10, 1);
    }
}
