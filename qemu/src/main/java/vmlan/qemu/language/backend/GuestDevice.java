package vmlan.qemu.language.backend;

import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import vmlan.qemu.language.CNumber;

/// The character device behind a `guestfwd=` rule, in QEMU's short way to write one (chardev/char.c
/// `qemu_chr_parse_compat`). Which ones exist is known, and of the plain ones whether they can be opened.
final class GuestDevice {
    private static final Set<String> PLAIN =
            Set.of("null", "pty", "stdio", "msmouse", "wctablet", "braille", "testdev", "vc");

    private static final Set<String> PREFIXES = Set.of(
            "vc:",
            "file:",
            "pipe:",
            "pty:",
            "tcp:",
            "telnet:",
            "tn3270:",
            "websocket:",
            "udp:",
            "unix:",
            "/dev/",
            "con:",
            "COM",
            "mon:",
            "chardev:");

    private GuestDevice() {}

    static void open(Making making, long port, String device) throws Refused {
        String name = "guestfwd.tcp." + port;
        Refused closed = new Refused("Could not open guest forwarding device '%s'".formatted(name));
        String plain = device.startsWith("mon:") ? device.substring(4) : device;
        boolean known = PLAIN.contains(plain) || PREFIXES.stream().anyMatch(plain::startsWith);
        if (!known) {
            making.refuse(new Refused("'%s' is not a valid char driver".formatted(plain)));
            throw closed;
        }
        if (plain.startsWith("chardev:")) {
            if (Chardevs.of(making.moment().line()).stream()
                    .noneMatch(chardev -> chardev.id().equals(plain.substring(8)))) {
                throw closed;
            }
            return;
        }
        Optional<String> first = whyNot(making, plain);
        if (first.isPresent()) {
            making.refuse(new Refused(first.get()));
            throw closed;
        }
        if (!making.name(name)) {
            making.refuse(
                    new Refused("attempt to add duplicate property '%s' to object (type 'container')".formatted(name)));
            throw closed;
        }
    }

    /// QEMU's first line where it cannot be opened.
    private static Optional<String> whyNot(Making making, String device) {
        boolean options = device.indexOf(',') >= 0;
        if (device.startsWith("unix:") && !options) {
            String path = device.substring(5);
            if (!making.surroundings().exists(Path.of(path))) {
                return Optional.of("Failed to connect to '" + path + "': No such file or directory");
            }
            return making.surroundings().listens(Path.of(path))
                    ? Optional.empty()
                    : Optional.of("Failed to connect to '" + path + "': Connection refused");
        }
        if (device.startsWith("tcp:") && !options) {
            String[] at = device.substring(4).split(":", 2);
            Optional<CNumber> port = at.length < 2 ? Optional.empty() : CNumber.parse(at[1], 10);
            if (port.isPresent() && InternetText.ipv4(at[0]).isPresent()) {
                return making.surroundings()
                        .whyNotConnect(at[0], (int) (port.get().value() & 0xffff))
                        .map(why -> "Failed to connect to '" + device.substring(4) + "': " + why);
            }
        }
        if (device.startsWith("/dev/") || (device.startsWith("pipe:") && !options)) {
            String path = device.startsWith("pipe:") ? device.substring(5) : device;
            return making.surroundings().whyNotOpen(Path.of(path)).map(why -> "Could not open '" + path + "': " + why);
        }
        return Optional.empty();
    }
}
