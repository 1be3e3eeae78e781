package vmlan.program.explain;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import vmlan.qemu.language.NetworkOption;
import vmlan.qemu.language.QemuLine;

/// What is to be said of arguments that are not about networks: little, but when this system cannot accelerate guests
/// as the line wants it.
final class RestWords {
    private static final String KVM = "kvm";
    private static final String HVF = "hvf";

    private final QemuLine line;
    private final HostSystem system;

    RestWords(QemuLine line, HostSystem system) {
        this.line = line;
        this.system = system;
    }

    /// A sentence each, about an argument of the line.
    List<String> notes() {
        List<String> notes = new ArrayList<>();
        List<String> wanted = accelerators();
        String ours = system == HostSystem.MACOS ? HVF : KVM;
        for (String accelerator : wanted) {
            if (!works(accelerator)) {
                notes.add("accel=" + accelerator + " is of " + home(accelerator) + ": QEMU on " + system.word()
                        + " does not have it. `vmlan qemu` takes what works here, " + ours + " or tcg.");
            }
        }
        boolean hostCpu = line.arguments().stream()
                .anyMatch(argument -> argument.is("cpu")
                        && argument.value() != null
                        && argument.value().matches("host(,.*)?"));
        if (hostCpu && (wanted.isEmpty() || wanted.getFirst().equals("tcg"))) {
            notes.add("-cpu host takes KVM or HVF, and without one of them QEMU does not start: add -accel " + ours
                    + ".");
        }
        return notes;
    }

    private boolean works(String accelerator) {
        return switch (accelerator) {
            case KVM, "xen" -> system == HostSystem.LINUX;
            case HVF -> system == HostSystem.MACOS;
            case "tcg", "qtest" -> true;
            default -> false;
        };
    }

    private static String home(String accelerator) {
        return switch (accelerator) {
            case KVM, "xen" -> "Linux";
            case HVF -> "macOS";
            case "whpx", "hax" -> "Windows";
            case "nvmm" -> "NetBSD";
            default -> "no system that is known";
        };
    }

    /// In the order in which QEMU tries them; each once.
    private List<String> accelerators() {
        List<String> wanted = new ArrayList<>();
        for (QemuLine.Argument argument : line.arguments()) {
            if (argument.is("enable-kvm")) {
                wanted.add(KVM);
            } else if (argument.value() != null && argument.is("accel")) {
                wanted.add(argument.value().replaceFirst(",.*", "").replaceFirst("^accel=", ""));
            } else if (argument.value() != null && (argument.is("M") || argument.is("machine"))) {
                for (String setting : argument.value().split(",", -1)) {
                    if (setting.startsWith("accel=")) {
                        wanted.addAll(
                                List.of(setting.substring("accel=".length()).split(":", -1)));
                    }
                }
            }
        }
        return wanted.stream()
                .map(name -> name.toLowerCase(Locale.ROOT))
                .filter(name -> !name.isEmpty())
                .distinct()
                .toList();
    }

    /// How many arguments there are beside those about networks.
    static int count(QemuLine line, List<NetworkOption> options) {
        Set<QemuLine.Argument> ours = Collections.newSetFromMap(new IdentityHashMap<>());
        for (NetworkOption option : options) {
            ours.add(option.at());
            ours.addAll(option.set());
        }
        return (int) line.arguments().stream()
                .filter(argument -> !ours.contains(argument))
                .count();
    }
}
