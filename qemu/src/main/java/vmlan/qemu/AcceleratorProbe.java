package vmlan.qemu;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import vmlan.qemu.tool.JsonFile;
import vmlan.qemu.tool.Tool;

/// Finds the fastest accelerator that works here, by running a guest on it. That a device opens says little: in a
/// virtual machine without nested virtualisation /dev/kvm can open and each guest then hang.
///
/// The answer is kept in `accelerator.json` until the next boot, or until QEMU, the kernel or the rights on the device
/// change.
public final class AcceleratorProbe {
    /// The test guest ends 0.05 s after QEMU's start under TCG on a quiet machine.
    static final Duration GUEST_LIMIT = Duration.ofSeconds(3);
    /// A machine that was only busy gets another chance after this long.
    private static final Duration HANG_IS_BELIEVED = Duration.ofHours(24);

    private static final Duration LEFT = Duration.ofMinutes(10);

    private static final Duration TOOL_LIMIT = Duration.ofSeconds(10);
    private static final String CACHE_FILE = "accelerator.json";

    private AcceleratorProbe() {}

    /// What to use, and why.
    ///
    /// @param why in words for the user, such as "KVM runs guests here"
    public record Chosen(Accelerator accelerator, String why) {}

    /// What the choice depends on beside QEMU; tests bring their own.
    record Host(boolean isMac, String architecture, Path kvmDevice, Path sysctl, Duration guestLimit, Instant now) {
        static Host current() {
            return new Host(
                    System.getProperty("os.name").startsWith("Mac"),
                    Qemu.hostArchitecture(),
                    Path.of("/dev/kvm"),
                    Path.of("/usr/sbin/sysctl"),
                    GUEST_LIMIT,
                    Instant.now());
        }
    }

    /// Blocks for about three seconds the first time on a host whose KVM hangs, else for a moment, and afterwards for
    /// the reading of a file.
    public static Chosen choose(Qemu qemu, Path cacheFolder) {
        return choose(qemu, cacheFolder, Host.current());
    }

    static Chosen choose(Qemu qemu, Path cacheFolder, Host host) {
        if (!qemu.architecture().equals(host.architecture())) {
            return emulation("a guest of " + qemu.architecture() + " on a host of " + host.architecture()
                    + " can only be emulated");
        }
        return host.isMac() ? chooseOnMac(qemu, cacheFolder, host) : chooseOnLinux(qemu, cacheFolder, host);
    }

    private static Chosen chooseOnMac(Qemu qemu, Path cacheFolder, Host host) {
        try {
            String key = QemuAnswers.identity(qemu.binary());
            Optional<Chosen> known = recall(cacheFolder, key, host.now());
            if (known.isPresent()) {
                return known.get();
            }
            Tool support = Tool.run(TOOL_LIMIT, List.of(host.sysctl().toString(), "-n", "kern.hv_support"));
            if (!support.output().strip().equals("1")) {
                return emulation("this Mac has no Hypervisor.framework (kern.hv_support is not 1)");
            }
            Tool help = Tool.run(TOOL_LIMIT, List.of(qemu.binary().toString(), "-accel", "help"));
            Chosen chosen = help.output().lines().anyMatch(line -> line.strip().equals("hvf"))
                    ? new Chosen(Accelerator.HVF, "Hypervisor.framework is there and " + qemu.binary() + " can use it")
                    : emulation(qemu.binary() + " was built without HVF");
            remember(cacheFolder, key, chosen, Optional.empty());
            return chosen;
        } catch (IOException e) {
            return emulation("HVF could not be asked for: " + e.getMessage());
        }
    }

    private static Chosen chooseOnLinux(Qemu qemu, Path cacheFolder, Host host) {
        Path device = host.kvmDevice();
        if (!Files.exists(device)) {
            return emulation("this host has no " + device);
        }
        if (!Files.isReadable(device) || !Files.isWritable(device)) {
            return emulation(device + " is not accessible to this user; add them to the group kvm");
        }
        try {
            String key = key(qemu, device);
            Optional<Chosen> known = recall(cacheFolder, key, host.now());
            if (known.isPresent()) {
                return known.get();
            }
            Tool run = runGuest(qemu, Accelerator.KVM, cacheFolder, host.guestLimit());
            ProbeRom rom = ProbeRom.forArchitecture(qemu.architecture());
            Chosen chosen;
            if (run.timedOut()) {
                chosen = emulation("KVM does not work here: a test guest did not end within "
                        + host.guestLimit().toSeconds() + " s");
            } else if (run.status() == rom.exitStatus()) {
                chosen = new Chosen(Accelerator.KVM, "KVM runs guests here");
            } else {
                chosen = emulation("KVM does not work here: " + run.lastLine());
            }
            remember(
                    cacheFolder,
                    key,
                    chosen,
                    run.timedOut() ? Optional.of(host.now().plus(HANG_IS_BELIEVED)) : Optional.empty());
            return chosen;
        } catch (IOException e) {
            return emulation("KVM could not be tried: " + e.getMessage());
        }
    }

    /// Runs the test guest; it is killed after `limit`.
    static Tool runGuest(Qemu qemu, Accelerator accelerator, Path cacheFolder, Duration limit) throws IOException {
        ProbeRom rom = ProbeRom.forArchitecture(qemu.architecture());
        Files.createDirectories(cacheFolder);
        removeLeft(cacheFolder);
        Path file = Files.createTempFile(cacheFolder, "probe", ".rom");
        try {
            Files.write(file, rom.image());
            return Tool.run(limit, rom.commandLine(qemu.binary(), accelerator, file));
        } finally {
            Files.deleteIfExists(file);
        }
    }

    /// What a command has left that was killed while its guest ran; the guest of one that lives has younger firmware.
    private static void removeLeft(Path cacheFolder) {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(cacheFolder, "probe*.rom")) {
            Instant oldest = Instant.now().minus(LEFT);
            for (Path file : files) {
                if (Files.getLastModifiedTime(file).toInstant().isBefore(oldest)) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            // Another command has removed it; or it stays, and is in nobody's way.
        }
    }

    private static Chosen emulation(String why) {
        return new Chosen(Accelerator.TCG, why);
    }

    private static String key(Qemu qemu, Path device) throws IOException {
        Map<String, Object> rights = Files.readAttributes(device, "unix:uid,gid,mode");
        return String.join(
                " ",
                QemuAnswers.identity(qemu.binary()),
                device.toString(),
                String.valueOf(rights.get("uid")),
                String.valueOf(rights.get("gid")),
                String.valueOf(rights.get("mode")),
                System.getProperty("user.name"),
                kernelSays("osrelease"),
                kernelSays("random/boot_id"));
    }

    private static String kernelSays(String name) {
        try {
            return Files.readString(Path.of("/proc/sys/kernel", name)).strip();
        } catch (IOException e) {
            return "?";
        }
    }

    private static Optional<Chosen> recall(Path cacheFolder, String key, Instant now) {
        Map<String, Object> entry = JsonFile.read(cacheFolder.resolve(CACHE_FILE));
        if (!key.equals(entry.get("key"))
                || !(entry.get("why") instanceof String why)
                || !(entry.get("accelerator") instanceof String name)) {
            return Optional.empty();
        }
        if (entry.get("until") instanceof Number until && now.getEpochSecond() > until.longValue()) {
            return Optional.empty();
        }
        for (Accelerator accelerator : Accelerator.values()) {
            if (accelerator.qemuName().equals(name)) {
                return Optional.of(new Chosen(accelerator, why));
            }
        }
        return Optional.empty();
    }

    /// One entry: whoever changes between two QEMUs waits for the probe at each change. A cache that cannot be
    /// written costs time and nothing else.
    private static void remember(Path cacheFolder, String key, Chosen chosen, Optional<Instant> until) {
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("key", key);
        entry.put("accelerator", chosen.accelerator().qemuName());
        entry.put("why", chosen.why());
        until.ifPresent(end -> entry.put("until", end.getEpochSecond()));
        try {
            JsonFile.write(cacheFolder.resolve(CACHE_FILE), entry);
        } catch (IOException e) {
            // asked again next time
        }
    }
}
