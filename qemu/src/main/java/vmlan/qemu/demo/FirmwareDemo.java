package vmlan.qemu.demo;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import vmlan.qemu.Boot;
import vmlan.qemu.QemuException;

/// A demo guest that needs no kernel: the network code of the firmware, which comes with QEMU.
///
/// On a PC that is iPXE, the boot ROM of QEMU's NIC: it asks for its addresses, shows them, finds nothing to boot, and
/// is back with Ctrl-B. On Arm it is EDK2: its boot from the network takes no lease from a network without a boot
/// server, so its shell is run, which finds a script on a little disk, configures the NIC, shows it, and answers ping
/// from then on.
public final class FirmwareDemo {
    /// The shell looks for this name on every file system that it can read (UEFI Shell specification §3.3).
    private static final String SCRIPT_FILE = "startup.nsh";

    /// The NIC is none of the devices that were booted from, so its drivers are not connected yet. DHCP goes on behind
    /// the back of `ifconfig -s`: the lease is there 3 s later on a quiet machine, under emulation.
    private static final String SCRIPT = """
            echo -off
            echo "vmlan-demo: EDK2 asks for an address"
            connect -r
            ifconfig -s eth0 dhcp
            for %i run (1 4)
              stall 3000000
            endfor
            ifconfig -l eth0
            echo "vmlan-demo: EDK2 is up, and answers ping"
            """;

    private FirmwareDemo() {}

    public static boolean isFor(String architecture) {
        return architecture.equals("x86_64") || architecture.equals("aarch64");
    }

    /// What runs, for people.
    public static String inWords(String architecture) {
        return architecture.equals("aarch64") ? "the shell of EDK2, its UEFI firmware," : "iPXE, the NIC's boot ROM,";
    }

    public static Boot.From from(String architecture) {
        return architecture.equals("aarch64") ? Boot.From.DISK : Boot.From.NETWORK;
    }

    /// @return the folder that the guest is to see as a disk; null: none
    public static Path prepare(String architecture, Path cacheFolder) throws QemuException {
        if (!architecture.equals("aarch64")) {
            return null;
        }
        Path folder = cacheFolder.resolve("demo-firmware");
        byte[] script = SCRIPT.replace("\n", "\r\n").getBytes(StandardCharsets.US_ASCII);
        try {
            Files.createDirectories(folder);
            Path file = folder.resolve(SCRIPT_FILE);
            if (!Files.exists(file) || !Arrays.equals(Files.readAllBytes(file), script)) {
                Files.write(file, script);
            }
            return folder;
        } catch (IOException e) {
            throw new QemuException(
                    "the demo guest cannot be made: " + e.getMessage(),
                    "check the space and the rights of " + cacheFolder,
                    e);
        }
    }
}
