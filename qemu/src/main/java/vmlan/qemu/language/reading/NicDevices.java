package vmlan.qemu.language.reading;

import java.util.Optional;
import java.util.Set;
import vmlan.qemu.language.Dialect;
import vmlan.qemu.language.NetworkOption;

/// What is known of the drivers that are NICs.
final class NicDevices {
    /// Where QEMU was not asked: the first letters of those that 7.2 and 10.0 list as network devices and that take a
    /// netdev.
    private static final Set<String> BEGINNINGS = Set.of(
            "e1000",
            "i8255",
            "igb",
            "lan9118",
            "ne2k",
            "pcnet",
            "pvrdma",
            "rtl8139",
            "spapr-vlan",
            "tulip",
            "usb-net",
            "virtio-net",
            "vmxnet3",
            "xen-net");

    private NicDevices() {}

    static boolean isNic(NetworkOption device, Dialect dialect) {
        Optional<Dialect.Driver> driver = dialect.driver(device.type());
        return device.settings().has("netdev")
                || driver.map(Dialect.Driver::network)
                        .orElseGet(() -> BEGINNINGS.stream().anyMatch(device.type()::startsWith));
    }

    /// The name of the type that an alias stands for (QEMU system/qdev-monitor.c, qdev_alias_table).
    static String typeName(String driver, Dialect dialect) {
        return dialect.driver(driver).map(Dialect.Driver::name).orElseGet(() -> switch (driver) {
            case "virtio-net" -> "virtio-net-pci";
            case "e1000-82540em" -> "e1000";
            default -> driver;
        });
    }

    /// Whose properties they are in QEMU's messages: what virtio's devices for a bus hand on to the device behind.
    static String owner(String typeName) {
        return typeName.startsWith("virtio-net-") ? "virtio-net-device" : typeName;
    }
}
