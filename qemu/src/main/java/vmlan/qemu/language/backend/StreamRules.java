package vmlan.qemu.language.backend;

import java.nio.file.Path;
import java.util.Optional;
import vmlan.qemu.language.CNumber;
import vmlan.qemu.language.Surroundings;

/// QEMU net/stream.c `net_init_stream`. It listens and connects in the background: whatever goes wrong there goes wrong
/// without a word, and the VM starts with the link down.
final class StreamRules implements BackendRules {
    private static final String DEAD = ": the VM starts with the link down, and QEMU says nothing";

    private static final String DEAD_FOR_EVER =
            ": the VM starts with the link down, and QEMU neither says so nor tries again";

    @Override
    public void check(Making making) throws Refused {
        boolean server = making.isOn("server");
        boolean reconnect = making.has("reconnect");
        boolean reconnectMs = making.has("reconnect-ms");
        if (server && (reconnect || reconnectMs)) {
            throw new Refused(
                    making.moment().isAtLeast(9, 2)
                            ? "'reconnect' and 'reconnect-ms' options are incompatible with socket in server mode"
                            : "'reconnect' option is incompatible with socket in server mode");
        }
        if (reconnect && reconnectMs) {
            throw new Refused("'reconnect' and 'reconnect-ms' are mutually exclusive");
        }
        boolean retries = making.number("reconnect", 0) != 0 || making.number("reconnect-ms", 0) != 0;
        switch (making.value("addr.type") == null ? "" : making.value("addr.type")) {
            case "unix" -> unix(making, server, retries);
            case "inet" -> inet(making, server, retries);
            case "fd" -> descriptor(making);
            default -> {}
        }
    }

    private static void unix(Making making, boolean server, boolean retries) {
        String path = making.value("addr.path");
        if (making.isOn("addr.abstract")) {
            return;
        }
        if (path.isEmpty()) {
            making.silent(
                    server
                            ? "addr.path= is empty: QEMU listens at a path of its own choice in the folder for"
                                    + " temporary files, and does not say where"
                            : "addr.path= is empty" + DEAD,
                    "write addr.path=, the path of a socket");
        } else if (UnixPaths.length(path) > making.surroundings().longestSocketPath() + 1) {
            // util/qemu-sockets.c needs no zero behind it
            making.silent(
                    "the path of the socket has " + UnixPaths.length(path) + " bytes, of "
                            + (making.surroundings().longestSocketPath() + 1) + " that the system takes" + DEAD,
                    "use a shorter path: "
                            + Path.of("/tmp").resolve(Path.of(path).getFileName()));
        } else if (server) {
            server(making, path);
        } else if (!retries) {
            client(making, path);
        }
    }

    private static void server(Making making, String path) {
        if (making.surroundings().isFolder(Path.of(path))) {
            making.silent(path + " is a folder" + DEAD, "give the path of a socket in it: " + path + "/qemu.sock");
            return;
        }
        Optional<String> why = UnixPaths.whyNotBind(making, path);
        why.ifPresent(words -> making.silent(
                "no socket can be made at " + path + " (" + words + ")" + DEAD,
                words.equals("No such file or directory")
                        ? "make the folder first: mkdir -p " + UnixPaths.folder(path)
                        : "use a folder that you may write to, such as $XDG_RUNTIME_DIR"));
    }

    private static void client(Making making, String path) {
        boolean exists = making.surroundings().exists(Path.of(path));
        if (exists && making.surroundings().listens(Path.of(path))) {
            return;
        }
        making.silent(
                (exists ? "nobody listens at " + path : "there is no socket " + path) + DEAD_FOR_EVER,
                "start what listens there first" + retry(making));
    }

    /// What makes QEMU try again, in the words of its version.
    private static String retry(Making making) {
        if (making.moment().isAtLeast(9, 2)) {
            return ", or add reconnect-ms=1000";
        }
        return making.moment().isAtLeast(8, 0)
                ? ", or add reconnect=1"
                : "; this QEMU cannot try again, but it can listen itself: server=on";
    }

    private static void inet(Making making, boolean server, boolean retries) {
        String host = making.value("addr.host");
        if (making.flag("addr.ipv4").equals(Optional.of(false))
                && making.flag("addr.ipv6").equals(Optional.of(false))) {
            making.silent("addr.ipv4 and addr.ipv6 are both off" + DEAD, "leave one of them out");
            return;
        }
        String text = making.value("addr.port");
        CNumber port = CNumber.parse(text, 10).orElse(null);
        if (port == null || !port.isWhole()) {
            making.silent("addr.port=" + text + " is no number" + DEAD, "write a port from 1 to 65535");
            return;
        }
        if (port.value() < 0 || port.value() > 65535) {
            // getaddrinfo keeps the lowest 16 bits
            making.silent(
                    "addr.port=" + text + " is no port: QEMU takes " + (port.value() & 0xffff) + " without a word",
                    "write a port from 1 to 65535");
            return;
        }
        String address = InternetText.ipv4(host).isPresent()
                ? host
                : making.surroundings().resolve(host).orElse(null);
        if (address == null) {
            return;
        }
        HostPort at = new HostPort(InternetText.ipv4(address).orElse(0), port.value());
        if (server) {
            making.bind(Surroundings.Transport.TCP, at)
                    .filter(why -> !making.has("addr.to"))
                    .ifPresent(why -> making.silent(
                            "QEMU cannot listen at " + host + ":" + text + " (" + why.words() + ")" + DEAD,
                            why.remedy()));
        } else if (!retries) {
            making.surroundings()
                    .whyNotConnect(at.host(), at.usedPort())
                    .ifPresent(why -> making.silent(
                            "nobody listens at " + host + ":" + text + " (" + why + ")" + DEAD_FOR_EVER,
                            "start what listens there first" + retry(making)));
        }
    }

    private static void descriptor(Making making) {
        String text = making.value("addr.str");
        CNumber number = CNumber.parse(text, 10).orElse(null);
        if (number == null || !number.isWhole() || number.value() < 0 || number.value() > Integer.MAX_VALUE) {
            making.silent(
                    "addr.str=" + text + " is no file descriptor" + DEAD,
                    "give the number of a connected socket that QEMU inherits");
        } else if (making.surroundings().descriptor((int) number.value()) != Surroundings.Descriptor.STREAM_SOCKET) {
            making.silent(
                    "descriptor " + text + " is no stream socket" + DEAD,
                    "give the number of a connected socket that QEMU inherits");
        }
    }
}
