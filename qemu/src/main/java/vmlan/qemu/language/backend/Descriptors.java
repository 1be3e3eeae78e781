package vmlan.qemu.language.backend;

import java.util.Optional;
import vmlan.qemu.language.CNumber;
import vmlan.qemu.language.Surroundings;

/// File descriptors that are handed to QEMU: `monitor_fd_param` without a monitor, and what follows.
final class Descriptors {
    private Descriptors() {}

    static int parse(String text) throws Refused {
        Optional<CNumber> number = CNumber.parse(text, 10);
        if (number.isEmpty()
                || !number.get().isWhole()
                || number.get().value() < 0
                || number.get().value() > Integer.MAX_VALUE) {
            throw new Refused("Invalid file descriptor number '%s'".formatted(text));
        }
        return (int) number.get().value();
    }

    /// A number, and a descriptor that is open.
    static Surroundings.Descriptor open(Making making, String text) throws Refused {
        int descriptor = parse(text);
        Surroundings.Descriptor kind = making.surroundings().descriptor(descriptor);
        if (kind == Surroundings.Descriptor.CLOSED) {
            throw closed(making, descriptor);
        }
        return kind;
    }

    static Refused closed(Making making, int descriptor) {
        return new Refused("%s: Can't use file descriptor %d: Bad file descriptor"
                .formatted(making.option().id().orElse("#net"), descriptor));
    }
}
