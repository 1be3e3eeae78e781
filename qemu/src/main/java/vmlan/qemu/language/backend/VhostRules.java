package vmlan.qemu.language.backend;

import java.nio.file.Path;
import java.util.Optional;
import vmlan.qemu.language.OptsSyntax;
import vmlan.qemu.language.QemuLine;
import vmlan.qemu.language.Settings;

/// QEMU net/vhost-user.c and net/vhost-vdpa.c.
final class VhostRules {
    private static final int MOST_QUEUES = 1024;

    private VhostRules() {}

    static void user(Making making) throws Refused {
        String name = making.value("chardev");
        Chardevs.Chardev chardev = Chardevs.find(making.moment().line(), name)
                .orElseThrow(() -> new Refused("chardev \"%s\" not found".formatted(name)));
        if (!chardev.backend().equals("socket")) {
            throw new Refused("chardev \"%s\" is not reconnectable".formatted(name));
        }
        Optional<String> path = chardev.settings().value("path");
        if (path.isEmpty() && !chardev.settings().has("fd")) {
            throw new Refused("chardev \"%s\" does not support FD passing".formatted(name));
        }
        long queues = making.number("queues", 1);
        if (queues < 1 || queues > MOST_QUEUES) {
            throw new Refused("vhost-user number of queues must be in range [1, %d]".formatted(MOST_QUEUES));
        }
        if (path.isPresent()
                && !chardev.isOn("server")
                && !making.surroundings().listens(Path.of(path.get()))) {
            making.silent(
                    "nobody listens at " + path.get() + ", the socket of chardev " + name,
                    "start the vhost-user program first, or let QEMU listen: -chardev socket,id=" + name + ",path="
                            + path.get() + ",server=on");
        }
        if (!sharesMemory(making.moment().line())) {
            making.silent(
                    "the guest's memory is not shared: the vhost-user program cannot see its frames",
                    "add -object memory-backend-memfd,id=mem,size=1G,share=on -machine memory-backend=mem"
                            + " (the size is that of -m)");
        }
    }

    /// Whether there is memory that other programs can map; a file of settings may have it.
    private static boolean sharesMemory(QemuLine line) {
        return line.arguments().stream()
                .filter(argument -> argument.value() != null)
                .anyMatch(
                        argument -> argument.is("readconfig") || (argument.is("object") && isShared(argument.value())));
    }

    private static boolean isShared(String object) {
        if (object.startsWith("{")) {
            return object.contains("\"memory-backend-") && object.matches("(?s).*\"share\"\\s*:\\s*true.*");
        }
        Settings settings = OptsSyntax.parse(object, "qom-type");
        String type = settings.value("qom-type").orElse("");
        String usual = type.equals("memory-backend-shm") ? "on" : "off";
        return type.startsWith("memory-backend-")
                && settings.value("share").orElse(usual).matches("on|yes|true|y");
    }

    static void vdpa(Making making) throws Refused {
        boolean device = making.has("vhostdev");
        boolean descriptor = making.has("vhostfd");
        if (!device && !descriptor) {
            throw new Refused("vhost-vdpa: neither vhostdev= nor vhostfd= was specified");
        }
        if (device && descriptor) {
            throw new Refused("vhost-vdpa: vhostdev= and vhostfd= are mutually exclusive");
        }
        if (device) {
            String path = making.value("vhostdev");
            String why = making.surroundings().whyNotOpen(Path.of(path)).orElse(null);
            if (why != null) {
                throw new Refused("Could not open '%s': %s".formatted(path, why));
            }
            if (!path.startsWith("/dev/vhost-vdpa") && !path.startsWith("/dev/fdset/")) {
                throw new Refused("Fail to query features from vhost-vDPA device: Inappropriate ioctl for device");
            }
            return;
        }
        String why = switch (making.surroundings().descriptor(vdpaDescriptor(making))) {
            case CLOSED -> "Bad file descriptor";
            case DEVICE -> null;
            default -> "Inappropriate ioctl for device";
        };
        if (why != null) {
            throw new Refused("Fail to query features from vhost-vDPA device: %s".formatted(why));
        }
    }

    /// 10.0 says more of a text that is none (7.2 forgot the prefix where the first error ends it all).
    private static int vdpaDescriptor(Making making) throws Refused {
        try {
            return Descriptors.parse(making.value("vhostfd"));
        } catch (Refused refused) {
            throw making.moment().isAtLeast(9, 2)
                    ? new Refused("vhost-vdpa: unable to parse vhostfd: " + refused.getMessage())
                    : refused;
        }
    }
}
