package vmlan.program.explain;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import vmlan.packet.MacAddress;
import vmlan.qemu.language.NetworkOption;
import vmlan.qemu.language.QemuLine;
import vmlan.qemu.language.Reading;

/// The same VM by `vmlan run`; only where everything on the line has a counterpart there.
final class RunLine {
    private static final Pattern CPUS = Pattern.compile("(?:cpus=)?(\\d{1,3})");
    private static final Pattern MEMORY = Pattern.compile("(?:size=)?(\\d{1,9})([MmGg]?)");
    private static final Pattern FORWARD = Pattern.compile("(tcp|udp)?:([0-9.]*):(\\d{1,5})-[0-9.]*:(\\d{1,5})");

    private final List<String> words = new ArrayList<>();
    private final List<String> tail = new ArrayList<>();
    private boolean sudo;
    private boolean instead;

    private RunLine() {}

    /// @param what it is for
    record Run(String what, List<String> words) {}

    /// @param reading of a line without mistakes
    /// @return empty where `vmlan run` cannot say it
    static Optional<Run> of(Reading reading, HostSystem system) {
        RunLine run = new RunLine();
        for (QemuLine.Argument argument : reading.line().arguments()) {
            if (!run.isNetworks(argument, reading) && !run.take(argument)) {
                return Optional.empty();
            }
        }
        for (Reading.GuestNic nic : reading.nics()) {
            if (!run.take(nic)) {
                return Optional.empty();
            }
        }
        // vmlan's own networks with rights are Linux's so far
        if (reading.nics().isEmpty() || (run.sudo && system == HostSystem.MACOS)) {
            return Optional.empty();
        }
        List<String> line = new ArrayList<>(run.sudo ? List.of("sudo", "vmlan", "run") : List.of("vmlan", "run"));
        line.addAll(run.words);
        line.addAll(run.tail);
        return Optional.of(
                new Run(run.instead ? "on the LAN of the host, without a tap" : "in vmlan's own words", line));
    }

    private boolean isNetworks(QemuLine.Argument argument, Reading reading) {
        return reading.options().stream().anyMatch(option -> option.at().equals(argument));
    }

    /// What is not about networks. The accelerator and the CPU that goes with it are found by `vmlan run` itself.
    private boolean take(QemuLine.Argument argument) {
        if (argument.name() == null) {
            tail.add(argument.value());
            return tail.size() == 1;
        }
        String value = argument.value() == null ? "" : argument.value();
        return switch (argument.name()) {
            case "hda" -> {
                tail.add(value);
                yield tail.size() == 1;
            }
            case "cdrom" -> words.addAll(List.of("--cdrom", value));
            case "snapshot" -> words.add("--snapshot");
            case "smp" -> matched(CPUS, value, smp -> words.addAll(List.of("--cpus", smp.group(1))));
            case "m" ->
                matched(
                        MEMORY,
                        value,
                        size -> words.addAll(List.of(
                                "--memory",
                                size.group(1)
                                        + (size.group(2).isEmpty()
                                                ? "M"
                                                : size.group(2).toUpperCase(Locale.ROOT)))));
            case "enable-kvm", "accel", "nographic" -> true;
            case "cpu" -> value.equals("host") || value.equals("max");
            case "M", "machine" -> value.matches("((type=)?(pc|q35)|accel=[a-z:]+)(,accel=[a-z:]+)?");
            default -> false;
        };
    }

    private interface Taking {
        boolean take(Matcher matcher);
    }

    private static boolean matched(Pattern pattern, String value, Taking taking) {
        Matcher matcher = pattern.matcher(value);
        return matcher.matches() && taking.take(matcher);
    }

    private boolean take(Reading.GuestNic nic) {
        BackendFacts backend = new BackendFacts(nic.backend());
        if (nic.model() != null && !nic.model().startsWith("virtio")) {
            return false;
        }
        Optional<String> network = switch (backend.type()) {
            case "user" -> user(backend);
            case "vmnet-shared" -> plain(backend) ? Optional.of("shared") : Optional.empty();
            case "vmnet-host" -> plain(backend) ? Optional.of("host") : Optional.empty();
            case "vmnet-bridged" -> backend.value("ifname").map(name -> "bridged:" + name);
            case "tap", "bridge" -> Optional.of("bridged");
            default -> Optional.empty();
        };
        if (network.isEmpty()) {
            return false;
        }
        instead |= network.get().equals("bridged");
        sudo |= network.get().startsWith("bridged") || network.get().equals("host");
        String mac = nic.mac() == null ? "" : mac(nic.mac());
        String isolated = backend.isOn("isolated") ? ",isolated" : "";
        if (!network.get().equals("shared") || !mac.isEmpty() || !isolated.isEmpty()) {
            words.addAll(List.of("--net", network.get() + mac + isolated));
        } else {
            words.addAll(List.of("--net", "shared"));
        }
        return true;
    }

    private static String mac(String typed) {
        try {
            return ",mac=" + MacAddress.parse(typed);
        } catch (IllegalArgumentException e) {
            return "";
        }
    }

    /// Forwarded ports are published ones of a shared network; other settings have no counterpart.
    private Optional<String> user(BackendFacts backend) {
        NetworkOption option = backend.option();
        boolean other = option.settings().entries().stream()
                .map(entry -> entry.key().replaceAll("\\.\\d+(\\.str)?$", ""))
                .anyMatch(
                        key -> !List.of("type", "id", "mac", "model", "hostfwd").contains(key));
        if (other) {
            return Optional.empty();
        }
        for (String rule : backend.forwards()) {
            Matcher forward = FORWARD.matcher(rule);
            if (!forward.matches()) {
                return Optional.empty();
            }
            words.addAll(List.of(
                    "-p",
                    (forward.group(2).isEmpty() ? "0.0.0.0" : forward.group(2)) + ":" + forward.group(3) + ":"
                            + forward.group(4) + ("udp".equals(forward.group(1)) ? "/udp" : "")));
        }
        return Optional.of(backend.forwards().isEmpty() ? "user" : "shared");
    }

    private static boolean plain(BackendFacts backend) {
        return List.of("start-address", "nat66-prefix", "net-uuid").stream().noneMatch(backend::has);
    }
}
