package vmlan.qemu.language.reading;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import vmlan.qemu.language.Dialect;
import vmlan.qemu.language.OptsSyntax;
import vmlan.qemu.language.QemuLine;
import vmlan.qemu.language.Tree;

/// QEMU's third stage: the machine makes the NICs of `-nic` and `-net nic`, and then the devices of `-device` are made.
final class MachineStage {
    /// What every machine with PCI takes beside what it lists (QEMU hw/pci/pci.c).
    private static final Map<String, String> ALIASES = Map.of("virtio", "virtio-net-pci");
    /// Machines of x86 without PCI.
    private static final Set<String> WITHOUT_PCI = Set.of("none", "isapc");

    private final QemuLine line;
    private final Dialect dialect;
    private final Report report;
    private final ArgumentStage arguments;
    private final CreationStage creation;
    private final Set<String> deviceIds = new java.util.HashSet<>();

    /// Of [CreationStage#wanted] those that the machine did not make.
    final List<CreationStage.WantedNic> unmade = new ArrayList<>();

    MachineStage(QemuLine line, Dialect dialect, Report report, ArgumentStage arguments, CreationStage creation) {
        this.line = line;
        this.dialect = dialect;
        this.report = report;
        this.arguments = arguments;
        this.creation = creation;
    }

    void make() {
        creation.wanted.forEach(this::nic);
        arguments.devices.forEach(this::device);
        arguments.jsonDevices.forEach(this::device);
    }

    private void nic(CreationStage.WantedNic nic) {
        String model = nic.model() == null ? dialect.defaultNicModel() : nic.model();
        boolean known = dialect.machine() != null;
        boolean hasNics = !dialect.nicModels().isEmpty();
        if (known && (!hasNics || model == null)) {
            unmade.add(nic);
            return;
        }
        String type = model == null ? "?" : ALIASES.getOrDefault(model, model);
        if (hasNics && !dialect.nicModels().contains(type) && !isOldIsa(type)) {
            if (dialect.isAtLeast(9, 0)) {
                unmade.add(nic);
            } else if (OptsSyntax.isHelp(type)) {
                report.end();
            } else {
                report.error("Unsupported NIC model: " + type, null);
            }
            return;
        }
        if (nic.devaddr() != null && !dialect.isAtLeast(9, 0) && !PciAddress.isGood(nic.devaddr())) {
            report.error("Invalid PCI device address " + nic.devaddr() + " for device " + type, null);
            return;
        }
        if (nic.peer().peer != null) {
            // Two of -net nic with one netdev: here QEMU does not end but aborts.
            report.error(
                    "Property '" + NicDevices.owner(type) + ".netdev' can't take value '" + nic.peer().name
                            + "', it's in use",
                    null);
            return;
        }
        creation.clients.add(null, type, true, nic.peer());
    }

    /// A PC of 7.2 takes this one, and does not list it.
    private boolean isOldIsa(String type) {
        return type.equals("ne2k_isa")
                && !dialect.isAtLeast(9, 0)
                && dialect.architecture().equals("x86_64");
    }

    private void device(TypedOption typed) {
        String driver = typed.tree() == null
                ? typed.value("driver")
                : typed.tree().members().get("driver") instanceof Tree.Text text ? text.value() : null;
        if (driver == null) {
            report.error("Parameter 'driver' is missing", typed.at());
            return;
        }
        if (!dialect.drivers().isEmpty() && dialect.driver(driver).isEmpty()) {
            report.error("'" + driver + "' is not a valid device model name", typed.at());
            return;
        }
        if (!arguments.isOurs(typed.option())) {
            if (typed.id() != null) {
                deviceIds.add(typed.id());
            }
            return;
        }
        String type = NicDevices.typeName(driver, dialect);
        String bus = dialect.driver(driver).map(Dialect.Driver::bus).orElse(null);
        if (bus != null && typed.value("bus") == null && lacks(bus)) {
            report.error("No '" + bus + "' bus found for device '" + type + "'", typed.at());
            return;
        }
        if (typed.id() != null && !deviceIds.add(typed.id())) {
            report.error("Duplicate device ID '" + typed.id() + "'", typed.at());
            return;
        }
        new NicProperties(typed, type, dialect, arguments, creation, report).set();
    }

    /// Whether the machine has certainly no such bus.
    private boolean lacks(String bus) {
        if (dialect.machine() == null || !dialect.architecture().equals("x86_64")) {
            return false;
        }
        return switch (bus) {
            case "PCI" -> WITHOUT_PCI.contains(dialect.machine());
            case "ISA" -> dialect.machine().equals("none");
            case "virtio-bus" -> !dialect.machine().equals("microvm");
            case "usb-bus" -> line.words().stream().noneMatch(MachineStage::mayMakeUsb);
            default -> false;
        };
    }

    private static boolean mayMakeUsb(String word) {
        return word.contains("hci") || (word.contains("usb") && !word.contains("usb-net"));
    }
}
