package vmlan.program.autostart;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.zip.CRC32;

/// The unit of one VM, as a text. Pure. Read systemd.service(5) and systemd.syntax(7), "Quoting", first.
///
/// QEMU and the network's process are not the unit's: they run on when `vmlan start` has returned. So the
/// unit is a oneshot that stays active, and its stop is `vmlan stop`, which presses the power button.
/// `KillMode=process` keeps systemd from killing what the start has left in the unit's control group: the
/// network's process may serve other VMs. With the user manager itself all of that ends, after the units
/// were stopped.
final class SystemdUnit {
    /// Between the signal that a stop is due and QEMU's end: 30 s for the guest, and what `vmlan` itself
    /// needs.
    private static final int STOP_SECONDS = 90;
    /// A first start may have to make the demo guest.
    private static final int START_SECONDS = 600;

    private SystemdUnit() {}

    /// @param home `$VMLAN_HOME`; null without one. Another home has other VMs of the same name.
    static String name(String vm, String home) {
        if (home == null) {
            return "vmlan-" + vm + ".service";
        }
        CRC32 sum = new CRC32();
        sum.update(home.getBytes(StandardCharsets.UTF_8));
        return String.format("vmlan-%s.%08x.service", vm, sum.getValue());
    }

    static String text(String vm, String launcher, Map<String, String> environment) {
        StringBuilder text = new StringBuilder();
        text.append("# Written by: vmlan autostart ").append(vm).append('\n');
        text.append("[Unit]\n");
        text.append("Description=VM ").append(vm).append(" of vmlan\n\n");
        text.append("[Service]\nType=oneshot\nRemainAfterExit=yes\nKillMode=process\n");
        environment.forEach((name, value) ->
                text.append("Environment=").append(quoted(name + "=" + value)).append('\n'));
        // ":" has systemd replace no $VARIABLE; env, because an executable's own path may have no quotes or backslashes
        // (systemd load-fragment.c, "Executable name contains special characters")
        String command = ":/usr/bin/env " + quoted(launcher);
        text.append("ExecStart=").append(command).append(" start ").append(vm).append('\n');
        text.append("ExecStop=").append(command).append(" stop ").append(vm).append('\n');
        text.append("TimeoutStartSec=").append(START_SECONDS).append('\n');
        text.append("TimeoutStopSec=").append(STOP_SECONDS).append("\n\n");
        text.append("[Install]\nWantedBy=default.target\n");
        return text.toString();
    }

    /// One word of a command line or of `Environment=`: in double quotes, with C's escapes, and `%`
    /// doubled, which begins a specifier (systemd.unit(5)).
    static String quoted(String word) {
        StringBuilder text = new StringBuilder("\"");
        for (int i = 0; i < word.length(); i++) {
            char c = word.charAt(i);
            switch (c) {
                case '"', '\\' -> text.append('\\').append(c);
                case '%' -> text.append("%%");
                default -> {
                    if (c < ' ' || c == 0x7f) {
                        text.append(String.format("\\x%02x", (int) c));
                    } else {
                        text.append(c);
                    }
                }
            }
        }
        return text.append('"').toString();
    }
}
