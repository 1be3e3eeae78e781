package vmlan.program.explain;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import vmlan.qemu.language.QemuLine;
import vmlan.qemu.language.Surroundings;

/// A machine of another system, of which nothing is known: it has whatever a line says that it has.
///
/// @param bridgeableNics those that the line names, else the usual one
public record OtherMachine(HostSystem system, List<String> bridgeableNics) implements Surroundings {
    private static final String NIC = "ifname=";
    private static final String USUAL = "en0";

    public OtherMachine {
        bridgeableNics = List.copyOf(bridgeableNics);
    }

    public static OtherMachine of(HostSystem system, QemuLine line) {
        List<String> named = line.arguments().stream()
                .filter(argument -> argument.value() != null)
                .flatMap(argument -> Stream.of(argument.value().split(",")))
                .filter(setting -> setting.startsWith(NIC))
                .map(setting -> setting.substring(NIC.length()))
                .filter(name -> !name.isEmpty())
                .distinct()
                .toList();
        return new OtherMachine(system, named.isEmpty() ? List.of(USUAL) : named);
    }

    @Override
    public boolean exists(Path file) {
        return true;
    }

    /// macOS has no taps (TunTap's were `/dev/tap0`).
    @Override
    public Optional<String> whyNotOpen(Path file) {
        return isMac()
                        && file.startsWith("/dev")
                        && file.getFileName().toString().startsWith("tap")
                ? Optional.of("No such file or directory")
                : Optional.empty();
    }

    @Override
    public boolean listens(Path socket) {
        return true;
    }

    @Override
    public boolean isOpen(int descriptor) {
        return descriptor >= 0;
    }

    @Override
    public int longestSocketPath() {
        return ThisMachine.longestSocketPath(system);
    }

    @Override
    public boolean isMac() {
        return system == HostSystem.MACOS;
    }
}
