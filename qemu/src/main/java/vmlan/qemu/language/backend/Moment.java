package vmlan.qemu.language.backend;

import java.util.List;
import vmlan.qemu.language.Dialect;
import vmlan.qemu.language.NetworkOption;
import vmlan.qemu.language.QemuLine;
import vmlan.qemu.language.Surroundings;

/// The moment at which QEMU makes a backend: what it knows then.
///
/// @param made the options whose backends are there already; QEMU makes them in an order of its own. Not a copy: it
///     grows
/// @param taken by them
public record Moment(QemuLine line, List<NetworkOption> made, Taken taken, Dialect dialect, Surroundings surroundings) {

    public boolean isAtLeast(int major, int minor) {
        return dialect.version().isAtLeast(major, minor);
    }
}
