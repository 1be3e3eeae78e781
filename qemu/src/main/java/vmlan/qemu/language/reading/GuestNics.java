package vmlan.qemu.language.reading;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import vmlan.qemu.language.NetworkOption;
import vmlan.qemu.language.Reading;

/// The NICs that a guest will have, and what is behind each.
final class GuestNics {
    private final List<NetworkOption> options;
    private final GlobalProperties globals;
    private final Map<String, NetworkOption> netdevs = new HashMap<>();
    /// The first backend on QEMU's hub 0; null: there is none.
    private NetworkOption onHub;

    GuestNics(List<NetworkOption> options, GlobalProperties globals) {
        this.options = options;
        this.globals = globals;
        for (NetworkOption option : options) {
            if (option.kind() == NetworkOption.Kind.NETDEV) {
                option.id().ifPresent(id -> netdevs.putIfAbsent(id, option));
            }
            boolean backend = !option.type().equals("nic") && !option.type().equals("none");
            if (onHub == null && option.kind() == NetworkOption.Kind.NET && backend) {
                onHub = option;
            }
        }
    }

    List<Reading.GuestNic> list() {
        List<Reading.GuestNic> nics = new ArrayList<>();
        for (NetworkOption option : options) {
            String model = option.settings().value("model").orElse(null);
            switch (option.kind()) {
                case NIC -> {
                    if (!option.type().equals("none")) {
                        nics.add(nic(model, option, option));
                    }
                }
                case NET -> {
                    if (option.type().equals("nic")) {
                        String id = option.settings().value("netdev").orElse(null);
                        nics.add(nic(model, option, id == null ? onHub : netdevs.get(id)));
                    }
                }
                case DEVICE -> {
                    String id = option.settings()
                            .value("netdev")
                            .or(() -> globals.value(option.type(), "netdev"))
                            .orElse(null);
                    nics.add(nic(option.type(), option, netdevs.get(id)));
                }
                case NETDEV -> {}
            }
        }
        return nics;
    }

    private static Reading.GuestNic nic(String model, NetworkOption option, NetworkOption backend) {
        return new Reading.GuestNic(model, option.mac().orElse(null), option, backend);
    }
}
