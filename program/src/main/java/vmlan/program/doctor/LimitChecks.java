package vmlan.program.doctor;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import vmlan.network.nat.NatLimits;
import vmlan.program.message.Failure;
import vmlan.program.serve.SocketBudget;

/// What there is of things that run out, and what the system does for those who are not logged in.
final class LimitChecks {
    private static final String WHY_DESCRIPTORS = "a connection of a guest is a socket of the network's process";
    private static final String WHY_MEMORY = "a VM takes what --memory says, 512 MiB without it, and some for QEMU";
    private static final String WHY_MANAGER =
            "it starts VMs at boot and networks that died, and may keep them after log-out";
    private static final String WHY_CLOCK = "leases and state files carry times";

    /// A guest of a desktop has some hundred connections.
    private static final int FEW_CONNECTIONS = 1000;

    private static final long MIB = 1 << 20;
    /// The demo guest has 512 MiB.
    private static final long LITTLE_MEMORY = 640 * MIB;

    private final Host host;

    LimitChecks(Host host) {
        this.host = host;
    }

    List<Check> all() {
        List<Check> checks = new ArrayList<>(List.of(
                new Check("descriptors", WHY_DESCRIPTORS, () -> List.of(descriptors())),
                new Check("clock", WHY_CLOCK, () -> List.of(clock()))));
        if (!host.isMac()) {
            checks.add(new Check("memory", WHY_MEMORY, () -> List.of(memory())));
            checks.add(new Check("user manager", WHY_MANAGER, () -> List.of(userManager())));
        }
        return checks;
    }

    private Finding descriptors() {
        int descriptors = host.descriptors();
        int connections = SocketBudget.of(descriptors).tcpFlows();
        String found = descriptors + " for a process: " + connections + " connections at once in a network";
        if (connections >= NatLimits.DEFAULT.tcpFlowsInAll()) {
            return Finding.ok("descriptors", found, WHY_DESCRIPTORS);
        }
        String cure = host.isMac()
                ? "type: sudo launchctl limit maxfiles 65536 1048576"
                : "raise the hard limit: echo '" + host.property("user.name")
                        + " hard nofile 65536' | sudo tee /etc/security/limits.d/vmlan.conf, and log in anew";
        return connections < FEW_CONNECTIONS
                ? Finding.warning("descriptors", found, WHY_DESCRIPTORS, cure)
                : Finding.ok("descriptors", found, WHY_DESCRIPTORS);
    }

    private Finding memory() throws IOException {
        long free = field("MemAvailable");
        Optional<Long> left = leftInGroup();
        String where = "";
        if (left.isPresent() && left.get() < free) {
            free = left.get();
            where = " for this control group";
        }
        String found = free / MIB + " MiB free" + where;
        return free < LITTLE_MEMORY
                ? Finding.warning(
                        "memory",
                        found,
                        WHY_MEMORY,
                        "end what is not needed, or start smaller VMs: vmlan run --memory 256M")
                : Finding.ok("memory", found, WHY_MEMORY);
    }

    /// `MemAvailable:   12345 kB` (proc(5)).
    private long field(String name) throws IOException {
        return host.text(Path.of("/proc/meminfo"))
                .lines()
                .filter(line -> line.startsWith(name + ":"))
                .map(line -> line.replaceAll("\\D", ""))
                .filter(digits -> !digits.isEmpty())
                .findFirst()
                .map(digits -> Long.parseLong(digits) * 1024)
                .orElseThrow(() -> new IOException("/proc/meminfo has no " + name));
    }

    /// Of a container whose own group is at the root (kernel Documentation/admin-guide/cgroup-v2.rst).
    private Optional<Long> leftInGroup() {
        try {
            String most = host.text(Path.of("/sys/fs/cgroup/memory.max")).strip();
            String used = host.text(Path.of("/sys/fs/cgroup/memory.current")).strip();
            return most.matches("[0-9]{1,18}") && used.matches("[0-9]{1,18}")
                    ? Optional.of(Long.parseLong(most) - Long.parseLong(used))
                    : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private Finding userManager() throws IOException, Failure {
        String runtime = host.environment().getOrDefault("XDG_RUNTIME_DIR", "/run/user/" + host.uid());
        boolean runs = host.facts(Path.of(runtime, "systemd/private")).isPresent();
        String user = host.property("user.name");
        boolean lingers = host.facts(Path.of("/var/lib/systemd/linger", user)).isPresent();
        if (!runs) {
            boolean isSystemd = host.facts(Path.of("/run/systemd/system")).isPresent();
            return Finding.note(
                    "user manager",
                    isSystemd ? "systemd's for " + user + " does not run" : "systemd is not what runs this host",
                    WHY_MANAGER,
                    isSystemd ? "type: sudo loginctl enable-linger " + user + ", and log in anew" : null);
        }
        return lingers
                ? Finding.ok("user manager", "systemd's runs, also without a log-in", WHY_MANAGER)
                : Finding.note(
                        "user manager",
                        "systemd's runs while " + user + " is logged in",
                        WHY_MANAGER,
                        "to start VMs at boot: loginctl enable-linger " + user);
    }

    /// Without asking anybody: not earlier than what was installed here.
    private Finding clock() throws IOException {
        Instant now = host.now();
        Optional<FileFacts> launcher = host.facts(Path.of(host.property("vmlan.launcher")));
        String time = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm 'UTC'")
                .withZone(ZoneOffset.UTC)
                .format(now);
        if (launcher.isPresent() && now.isBefore(launcher.get().modified())) {
            return Finding.warning(
                    "clock",
                    time + ", which is before vmlan was put here",
                    WHY_CLOCK + "; with a clock that is behind, leases are too long, and libraries cannot be fetched",
                    host.isMac()
                            ? "type: sudo sntp -sS time.apple.com"
                            : "set it: sudo timedatectl set-ntp true, or sudo date -s 'YYYY-MM-DD HH:MM'");
        }
        return Finding.ok("clock", time, WHY_CLOCK);
    }
}
