package vmlan.qemu.language.reading;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import vmlan.qemu.language.OptsSyntax;
import vmlan.qemu.language.Settings;

/// What `-global` says of the properties of all devices of a driver: `virtio-net-pci.netdev=n0`, or
/// `driver=virtio-net-pci,property=netdev,value=n0` (QEMU qom/qom-qmp-cmds.c, system/qdev-monitor.c).
final class GlobalProperties {
    private final Map<String, String> values = new HashMap<>();

    void add(String text) {
        int dot = text.indexOf('.');
        int equals = text.indexOf('=');
        if (dot > 0 && equals > dot) {
            values.put(text.substring(0, equals), text.substring(equals + 1));
            return;
        }
        Settings settings = OptsSyntax.parse(text, null);
        if (settings.has("driver") && settings.has("property") && settings.has("value")) {
            String name = settings.value("driver").orElseThrow() + "."
                    + settings.value("property").orElseThrow();
            values.put(name, settings.value("value").orElseThrow());
        }
    }

    Optional<String> value(String driver, String property) {
        return Optional.ofNullable(values.get(driver + "." + property))
                .or(() -> Optional.ofNullable(values.get(NicDevices.owner(driver) + "." + property)));
    }
}
