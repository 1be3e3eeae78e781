package vmlan.qemu.language;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// One option of a command line that is about a network.
///
/// @param type the backend, or for a device its driver; `user` where `-nic` names none
/// @param at where it stands
/// @param set the arguments `-set` whose settings are among its own, in their order: QEMU looks for them by the id, so
///     they are wrong once it is another's or gone
public record NetworkOption(
        Kind kind, String type, Settings settings, QemuLine.Argument at, List<QemuLine.Argument> set) {
    public NetworkOption {
        set = List.copyOf(set);
    }

    public NetworkOption(Kind kind, String type, Settings settings, QemuLine.Argument at) {
        this(kind, type, settings, at, List.of());
    }

    /// Which of QEMU's ways to say it.
    public enum Kind {
        /// `-nic`: a NIC and its backend at once.
        NIC,
        /// `-netdev`: a backend, to which a device is joined by its id.
        NETDEV,
        /// `-net`: a NIC (`nic`) or a backend on QEMU's own hub.
        NET,
        /// `-device` of a driver that is a NIC.
        DEVICE
    }

    /// Of the option of this kind that says these settings.
    public static String type(Kind kind, Settings settings) {
        return settings.value(kind == Kind.DEVICE ? "driver" : "type").orElse(kind == Kind.NIC ? "user" : "");
    }

    /// The same with one more setting, said by an argument of its own.
    public NetworkOption with(String key, String value, QemuLine.Argument argument) {
        Settings more = settings.with(key, value);
        List<QemuLine.Argument> all = new ArrayList<>(set);
        all.add(argument);
        return new NetworkOption(kind, type(kind, more), more, at, all);
    }

    public Optional<String> id() {
        return settings.value("id");
    }

    /// The guest's MAC address as it is written there; the key differs (`-net nic,macaddr=`).
    public Optional<String> mac() {
        return settings.value(kind == Kind.NET ? "macaddr" : "mac");
    }
}
