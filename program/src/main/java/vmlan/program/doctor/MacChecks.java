package vmlan.program.doctor;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import vmlan.qemu.Qemu;
import vmlan.qemu.QemuException;
import vmlan.qemu.tool.Tool;

/// What there is to know of a Mac, in the words of its own tools. Not run on a Mac: what those print is as others
/// have recorded it.
final class MacChecks {
    private static final String WHY_VERSION = "Java 25 and the QEMU of today are for macOS 11 and later";
    private static final String WHY_HYPERVISOR =
            "Hypervisor.framework runs guests at full speed, for programs with its" + " entitlement";
    private static final String WHY_PROCESSOR = "QEMU and Java for another processor are translated, and have no HVF";

    private static final String SYSCTL = "/usr/sbin/sysctl";
    private static final String ENTITLEMENT = "com.apple.security.hypervisor";
    /// The entitlement for Hypervisor.framework has its name since then, and Homebrew's QEMU needs it.
    private static final int OLDEST = 11;

    private final Host host;

    MacChecks(Host host) {
        this.host = host;
    }

    List<Check> all() {
        return List.of(
                new Check("macOS", WHY_VERSION, () -> List.of(version())),
                new Check("processor", WHY_PROCESSOR, () -> List.of(processor())),
                new Check("hypervisor", WHY_HYPERVISOR, () -> List.of(hypervisor())));
    }

    /// `ProductVersion:		14.5`
    ///
    /// @return empty where it does not say
    static String productVersion(Host host) throws IOException {
        return host.run("/usr/bin/sw_vers")
                .output()
                .lines()
                .filter(line -> line.startsWith("ProductVersion:"))
                .map(line -> line.substring("ProductVersion:".length()).strip())
                .filter(version -> version.matches("[0-9]{1,3}(\\.[0-9]{1,3}){0,2}"))
                .findFirst()
                .orElse("");
    }

    /// The first number of such a version; 0 of none.
    static int major(String productVersion) {
        return productVersion.isEmpty() ? 0 : Integer.parseInt(productVersion.split("\\.", 2)[0]);
    }

    private Finding version() throws IOException {
        String version = productVersion(host);
        if (version.isEmpty()) {
            return Finding.note("macOS", "sw_vers does not name a version", WHY_VERSION, "see: sw_vers");
        }
        int major = major(version);
        if (major < OLDEST) {
            return Finding.warning("macOS", version, WHY_VERSION, "update to macOS " + OLDEST + " or later");
        }
        return Finding.ok("macOS", version, WHY_VERSION);
    }

    /// A translated process says so (sysctl.proc_translated, of Apple's "About the Rosetta translation environment");
    /// Homebrew for Intel is in /usr/local, the other in /opt/homebrew.
    private Finding processor() throws IOException {
        boolean translated = host.run(SYSCTL, "-in", "sysctl.proc_translated")
                .output()
                .strip()
                .equals("1");
        if (translated) {
            return Finding.warning(
                    "processor",
                    "this Java is one for Intel, translated by Rosetta on Apple silicon",
                    WHY_PROCESSOR,
                    "install one for Apple silicon, and build anew with it: brew install openjdk");
        }
        if (host.architecture().equals("aarch64")) {
            try {
                Path binary = host.qemu("aarch64").binary();
                if (binary.startsWith("/usr/local")) {
                    return Finding.warning(
                            "processor",
                            binary + " is where Homebrew for Intel puts its programs",
                            WHY_PROCESSOR,
                            "take the one for Apple silicon: /opt/homebrew/bin/brew install qemu");
                }
            } catch (QemuException e) {
                // the check of QEMU says so
            }
        }
        return Finding.ok(
                "processor", host.architecture().equals("aarch64") ? "Apple silicon" : "Intel", WHY_PROCESSOR);
    }

    private Finding hypervisor() throws IOException {
        String support = host.run(SYSCTL, "-n", "kern.hv_support").output().strip();
        if (!support.equals("1")) {
            return Finding.warning(
                    "hypervisor",
                    "kern.hv_support is " + (support.isEmpty() ? "not known here" : support),
                    WHY_HYPERVISOR,
                    "in a VM, switch on nested virtualisation; a Mac of before 2010 has none");
        }
        Qemu qemu;
        try {
            qemu = host.qemu(host.architecture());
        } catch (QemuException e) {
            return Finding.ok("hypervisor", "there", WHY_HYPERVISOR);
        }
        Tool signature = host.run(
                "/usr/bin/codesign",
                "-d",
                "--entitlements",
                "-",
                "--xml",
                qemu.binary().toString());
        if (!signature.output().contains(ENTITLEMENT)) {
            return Finding.warning(
                    "hypervisor",
                    "there, and " + qemu.binary() + " is not signed for it",
                    WHY_HYPERVISOR,
                    signCure(qemu.binary()));
        }
        return Finding.ok("hypervisor", "there, and QEMU is signed for it", WHY_HYPERVISOR);
    }

    private static String signCure(Path binary) {
        return "install Homebrew's, which is signed: brew reinstall qemu; your own build: codesign -s - --force"
                + " --entitlements accel/hvf/entitlements.plist " + binary;
    }

    static String accelerationCure(Path binary) {
        return "see what is said of the hypervisor; " + signCure(binary);
    }
}
