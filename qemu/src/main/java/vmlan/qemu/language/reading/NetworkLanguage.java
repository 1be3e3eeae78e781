package vmlan.qemu.language.reading;

import vmlan.qemu.language.Dialect;
import vmlan.qemu.language.QemuLine;
import vmlan.qemu.language.Reading;
import vmlan.qemu.language.Surroundings;

/// Reads the network options of a command line as QEMU would.
public final class NetworkLanguage {
    private NetworkLanguage() {}

    public static Reading read(QemuLine line, Dialect dialect, Surroundings surroundings) {
        return new Reader(line, dialect, surroundings).read();
    }
}
