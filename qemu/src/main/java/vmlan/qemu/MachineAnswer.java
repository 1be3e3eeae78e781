package vmlan.qemu;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import vmlan.qemu.language.Dialect;

/// What a QEMU said of one of its machines and of its devices.
///
/// @param nicModels what `-nic model=` takes
/// @param defaultNicModel null: the machine makes no NIC by itself
record MachineAnswer(List<String> nicModels, String defaultNicModel, List<Dialect.Driver> drivers) {
    /// `name "e1000", bus PCI, alias "e1000-82540em", desc "…"` (QEMU system/qdev-monitor.c, qdev_print_devinfo).
    private static final Pattern DEVICE =
            Pattern.compile("name \"([^\"]+)\"(?:, bus ([^,]+))?(?:, alias \"([^\"]+)\")?(?:, desc .*|, no-user)?");
    /// `\ #net060: e1000e.0: index=0,type=nic,model=e1000e,macaddr=…` of `info network`.
    private static final Pattern NIC = Pattern.compile("type=nic,model=([^,\\s]+)");
    /// `virtio-net-pci (aka virtio)`, of QEMU 9.0 and newer.
    private static final Pattern MODEL = Pattern.compile("([A-Za-z0-9][\\w.+-]{0,60})(?: \\(aka ([^)]{1,200})\\))?");

    /// @param models what was printed for `-nic model=help`
    /// @param monitor what was printed for `info network` and `device_add help`
    static MachineAnswer parse(String models, String monitor) {
        Matcher nic = NIC.matcher(monitor);
        return new MachineAnswer(models(models), nic.find() ? nic.group(1) : null, drivers(monitor));
    }

    private static List<String> models(String text) {
        List<String> models = new ArrayList<>();
        boolean begun = false;
        for (String line : text.lines().map(String::strip).toList()) {
            Matcher model = MODEL.matcher(line);
            if (begun && model.matches()) {
                models.add(model.group(1));
                if (model.group(2) != null) {
                    models.addAll(Arrays.asList(model.group(2).split(", ")));
                }
            }
            begun |= line.contains("NIC models");
        }
        return models;
    }

    private static List<Dialect.Driver> drivers(String text) {
        List<Dialect.Driver> drivers = new ArrayList<>();
        boolean network = false;
        for (String line : text.lines().map(String::strip).toList()) {
            if (line.endsWith(" devices:")) {
                network = line.endsWith("Network devices:");
            }
            Matcher device = DEVICE.matcher(line);
            if (device.matches()) {
                drivers.add(new Dialect.Driver(device.group(1), device.group(3), device.group(2), network));
            }
        }
        return drivers;
    }

    Map<String, Object> machineAsMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("nicModels", nicModels);
        map.put("defaultNicModel", defaultNicModel);
        return map;
    }

    /// As QEMU prints them, `network` or `other` before it.
    List<String> devicesAsTexts() {
        return drivers.stream()
                .map(driver -> (driver.network() ? "network " : "other ") + "name \"" + driver.name() + "\""
                        + (driver.bus() == null ? "" : ", bus " + driver.bus())
                        + (driver.alias() == null ? "" : ", alias \"" + driver.alias() + "\""))
                .toList();
    }

    /// @return empty where that is not what was written here
    static Optional<MachineAnswer> of(Map<?, ?> machine, Collection<?> devices) {
        if (!(machine.get("nicModels") instanceof Collection<?> models)) {
            return Optional.empty();
        }
        List<Dialect.Driver> drivers = new ArrayList<>();
        for (Object device : devices) {
            String[] text = String.valueOf(device).split(" ", 2);
            Matcher match = text.length == 2 ? DEVICE.matcher(text[1]) : DEVICE.matcher("");
            if (!match.matches()) {
                return Optional.empty();
            }
            drivers.add(new Dialect.Driver(match.group(1), match.group(3), match.group(2), text[0].equals("network")));
        }
        Object usual = machine.get("defaultNicModel");
        return Optional.of(new MachineAnswer(
                models.stream().map(String::valueOf).toList(), usual == null ? null : String.valueOf(usual), drivers));
    }
}
