package vmlan.qemu.tool;

import java.util.function.Predicate;

/// The line to type that installs what is missing on this system.
public enum Install {
    QEMU_X86("qemu", "qemu-system-x86", "qemu-system-x86-core", "qemu-system-x86", "qemu-x86", "qemu-system-x86_64"),
    QEMU_ARM(
            "qemu",
            "qemu-system-arm",
            "qemu-system-aarch64-core",
            "qemu-system-aarch64",
            "qemu-arm",
            "qemu-system-aarch64"),
    QEMU_IMG("qemu", "qemu-utils", "qemu-img", "qemu-img", "qemu-tools", "qemu-img"),
    UEFI_X86("qemu", "ovmf", "edk2-ovmf", "edk2-ovmf", "qemu-ovmf-x86_64", "ovmf"),
    UEFI_ARM("qemu", "qemu-efi-aarch64", "edk2-aarch64", "edk2-aarch64", "qemu-uefi-aarch64", "aavmf"),
    /// Nothing for apt: `apt-get download` gets kernel and busybox by itself and leaves the system as it is.
    DEMO_GUEST(
            "",
            "",
            "kernel-core kernel-modules-core busybox",
            "linux busybox",
            "kernel-default busybox-static",
            "linux-virt busybox-static");

    private final String brew;
    private final String apt;
    private final String dnf;
    private final String pacman;
    private final String zypper;
    private final String apk;

    Install(String brew, String apt, String dnf, String pacman, String zypper, String apk) {
        this.brew = brew;
        this.apt = apt;
        this.dnf = dnf;
        this.pacman = pacman;
        this.zypper = zypper;
        this.apk = apk;
    }

    public static Install qemu(String architecture) {
        return architecture.equals("aarch64") ? QEMU_ARM : QEMU_X86;
    }

    public static Install uefi(String architecture) {
        return architecture.equals("aarch64") ? UEFI_ARM : UEFI_X86;
    }

    /// For this system; the empty string when no package manager that we know is here.
    public String line() {
        boolean root = "root".equals(System.getProperty("user.name"));
        return line(
                System.getProperty("os.name"),
                root,
                program -> Programs.find(program).isPresent());
    }

    String line(String osName, boolean root, Predicate<String> isInstalled) {
        if (osName.startsWith("Mac")) {
            return line("brew install", brew);
        }
        String sudo = root ? "" : "sudo ";
        if (isInstalled.test("apt-get")) {
            return line(sudo + "apt-get install --no-install-recommends", apt);
        } else if (isInstalled.test("dnf")) {
            return line(sudo + "dnf install", dnf);
        } else if (isInstalled.test("pacman")) {
            return line(sudo + "pacman -S", pacman);
        } else if (isInstalled.test("zypper")) {
            return line(sudo + "zypper install", zypper);
        }
        return isInstalled.test("apk") ? line(sudo + "apk add", apk) : "";
    }

    private static String line(String command, String packages) {
        return packages.isEmpty() ? "" : command + " " + packages;
    }
}
