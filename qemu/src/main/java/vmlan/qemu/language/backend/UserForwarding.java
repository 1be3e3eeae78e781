package vmlan.qemu.language.backend;

import java.nio.file.Path;
import java.util.Optional;
import vmlan.qemu.language.CNumber;
import vmlan.qemu.language.Surroundings;

/// The rules `hostfwd=` and `guestfwd=` of QEMU's `user` network. The last one that is written is set up first.
final class UserForwarding {
    private UserForwarding() {}

    /// `slirp_hostfwd`: `[tcp|udp]:[HOST]:PORT-[GUEST]:PORT`, and `unix:PATH-[GUEST]:PORT` of newer versions.
    static void toGuest(Making making, String rule) throws Refused {
        Cut protocol = Cut.of(rule, ':').orElseThrow(() -> wrong(rule, "No : separators"));
        if (protocol.head().equals("unix") && making.moment().isAtLeast(10, 2)) {
            Cut path = Cut.of(protocol.tail(), '-').orElseThrow(() -> wrong(rule, "Missing - separator"));
            socket(making, rule, path.head());
            guest(making, rule, path.tail());
            bound(rule, UnixPaths.whyNotBind(making, path.head()).map(Remedies::ofSocket));
            return;
        }
        boolean udp = protocol.head().equals("udp");
        if (!udp && !protocol.head().isEmpty() && !protocol.head().equals("tcp")) {
            throw wrong(rule, "Bad protocol name");
        }
        Cut host = Cut.of(protocol.tail(), ':').orElseThrow(() -> wrong(rule, "Missing : separator"));
        int address = address(host.head()).orElseThrow(() -> wrong(rule, "Bad host address"));
        Cut port = Cut.of(host.tail(), '-').orElseThrow(() -> wrong(rule, "Bad host port separator"));
        long hostPort = port(making, port.head())
                .filter(number -> number >= 0 && number <= 65535)
                .orElseThrow(() -> wrong(rule, "Bad host port"));
        guest(making, rule, port.tail());
        Surroundings.Transport transport = udp ? Surroundings.Transport.UDP : Surroundings.Transport.TCP;
        HostPort at = new HostPort(address, hostPort);
        bound(rule, making.bind(transport, at).map(Making.Unbound::remedy));
        if (hostPort == 0) {
            making.silent(
                    "host port 0 in '" + rule + "': QEMU takes any free port and does not say which",
                    "write the port; of a running QEMU the monitor's `info usernet` tells it");
        }
    }

    private static void bound(String rule, Optional<String> remedy) throws Refused {
        if (remedy.isPresent()) {
            throw Refused.because("Could not set up host forwarding rule '%s'".formatted(rule), remedy.get());
        }
    }

    private static void socket(Making making, String rule, String path) throws Refused {
        if (path.isEmpty()) {
            throw wrong(rule, "Missing unix socket path");
        }
        if (!path.startsWith("/")) {
            throw wrong(rule, "unix socket path must be absolute");
        }
        if (UnixPaths.length(path) > making.surroundings().longestSocketPath()) {
            throw wrong(rule, "Unix socket path is too long");
        }
        if (making.surroundings().isFolder(Path.of(path))) {
            throw wrong(rule, "file exists and it's not unix socket");
        }
    }

    private static void guest(Making making, String rule, String text) throws Refused {
        Cut guest = Cut.of(text, ':').orElseThrow(() -> wrong(rule, "Missing guest address"));
        if (address(guest.head()).isEmpty()) {
            throw wrong(rule, "Bad guest address");
        }
        if (port(making, guest.tail())
                .filter(number -> number >= 1 && number <= 65535)
                .isEmpty()) {
            throw wrong(rule, "Bad guest port");
        }
    }

    private static Refused wrong(String rule, String reason) {
        return new Refused("Invalid host forwarding rule '%s' (%s)".formatted(rule, reason));
    }

    private static Optional<Integer> address(String text) {
        return text.isEmpty()
                ? Optional.of(0)
                : InternetText.ipv4(text).stream().boxed().findFirst();
    }

    /// 7.2 takes the whole text, and none for 0; 10.0 takes what the text begins with.
    private static Optional<Long> port(Making making, String text) {
        Optional<CNumber> number = CNumber.parse(text, 0);
        if (making.moment().isAtLeast(9, 2)) {
            return number.map(CNumber::value);
        }
        return number.isEmpty() && text.isEmpty()
                ? Optional.of(0L)
                : number.filter(CNumber::isWhole).map(CNumber::value);
    }

    /// `slirp_guestfwd`: `[tcp]:SERVER:PORT-DEVICE` or `-cmd:COMMAND`.
    static void toHost(Making making, UserIpv4 network, String rule) throws Refused {
        Refused wrong = new Refused("Invalid guest forwarding rule '%s'".formatted(rule));
        Cut protocol = Cut.of(rule, ':').orElseThrow(() -> wrong);
        if (!protocol.head().isEmpty() && !protocol.head().equals("tcp")) {
            throw wrong;
        }
        Cut server = Cut.of(protocol.tail(), ':').orElseThrow(() -> wrong);
        int address = address(server.head()).orElseThrow(() -> wrong);
        Cut port = Cut.of(server.tail(), '-').orElseThrow(() -> wrong);
        CNumber number = CNumber.parse(port.head(), 10).orElseThrow(() -> wrong);
        if (!number.isWhole() || number.value() < 1 || number.value() > 65535) {
            throw wrong;
        }
        if (!port.tail().startsWith("cmd:")) {
            GuestDevice.open(making, number.value(), port.tail());
        }
        if (!network.hasGuestServer(address)) {
            throw new Refused("Conflicting/invalid host:port in guest forwarding rule '%s'".formatted(rule));
        }
        String at = InternetText.ipv4(network.guestServer(address)) + ":" + number.value();
        if (!making.name(making.option().id().orElse("") + " guestfwd " + at)) {
            making.silent(
                    "two rules forward " + at + ": one of them is never used",
                    "give '" + rule + "' another address or port");
        }
    }

    /// A text in two at the first of a character (`get_str_sep`).
    private record Cut(String head, String tail) {
        static Optional<Cut> of(String text, char separator) {
            int at = text.indexOf(separator);
            return at < 0 ? Optional.empty() : Optional.of(new Cut(text.substring(0, at), text.substring(at + 1)));
        }
    }
}
