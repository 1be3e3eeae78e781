package vmlan.program.vm;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import vmlan.program.message.Failure;

/// What VMs may be called, and which name a new one gets.
public final class VmNaming {
    /// Names that the network itself answers to (design: Names).
    private static final Set<String> RESERVED = Set.of("host", "gateway", "localhost", "wpad");

    private final VmStore store;

    VmNaming(VmStore store) {
        this.store = store;
    }

    /// A DNS label (RFC 1123 §2.1), in small letters, since it becomes the guest's name.
    public static void checkLabel(String name) throws Failure {
        if (!name.matches("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")) {
            throw Failure.usage(
                    "'" + name + "' cannot be a VM's name",
                    "take 1 to 63 small letters, digits and hyphens, a letter or digit first and last");
        }
        if (RESERVED.contains(name)) {
            throw Failure.usage("the name '" + name + "' is taken by the network itself", "take another name");
        }
    }

    /// A name from a disk's file name, for a VM whose user gave none.
    static String nameOf(Path disk) {
        return label(disk.getFileName().toString().toLowerCase(Locale.ROOT).replaceFirst("\\.[a-z0-9]+$", ""));
    }

    /// The nearest that can be a VM's name.
    static String label(String text) {
        String label =
                text.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-").replaceAll("^-+|-+$", "");
        String name = label.substring(0, Math.min(label.length(), 50)).replaceAll("-+$", "");
        return name.isEmpty() || RESERVED.contains(name) ? "vm" : name;
    }

    /// The name for a new start. Without a wish: the disk's, or `demo`, with -2, -3 … while a VM of that name
    /// runs or is another disk's. The caller holds the [VmStore#lock].
    String choose(String wish, Path disk) throws Failure {
        return choose(wish, disk == null ? "demo" : nameOf(disk), disk, false);
    }

    /// @param usual to begin with where there is no wish
    /// @param line whether it is a QEMU command line; no default name leads from one to a VM of `run`, or back
    String choose(String wish, String usual, Path disk, boolean line) throws Failure {
        if (wish != null) {
            Optional<Vm> other = store.find(wish);
            if (other.isPresent() && (other.get().isAlive() || other.get().isBeingStarted())) {
                throw Failure.usage(
                        "a VM named '" + wish + "' is running already",
                        "take another --name, or stop it: vmlan stop " + wish);
            }
            if (other.isPresent() && !Objects.equals(other.get().disk(), disk)) {
                throw Failure.usage(
                        "the VM '" + wish + "' is another: it has "
                                + (other.get().disk() == null
                                        ? "the demo guest"
                                        : other.get().disk()),
                        "start that one: " + other.get().startLine() + ", or forget it: vmlan rm " + wish);
            }
            return wish;
        }
        for (int number = 1; ; number++) {
            String name = number == 1 ? usual : usual + "-" + number;
            if (isFree(name, disk, line) && !store.locks().isBusy(name)) {
                return name;
            }
        }
    }

    /// Whether a VM of that disk may start by the name now.
    boolean isFree(String name, Path disk, boolean line) throws Failure {
        Optional<Vm> other = store.find(name);
        return other.isEmpty()
                || (!other.get().isAlive()
                        && !other.get().isBeingStarted()
                        && other.get().spec().isLine() == line
                        && Objects.equals(other.get().disk(), disk));
    }
}
