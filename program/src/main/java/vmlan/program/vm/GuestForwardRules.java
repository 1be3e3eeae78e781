package vmlan.program.vm;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import vmlan.network.nat.GuestForwards;
import vmlan.packet.IpAddress;
import vmlan.packet.Ipv4Address;
import vmlan.packet.Ipv4Prefix;
import vmlan.packet.Ipv6Address;
import vmlan.program.config.GuestForward;
import vmlan.program.message.ShellWords;

/// QEMU's `guestfwd`: `[tcp]:[SERVER]:PORT-TARGET` (net/slirp.c, slirp_guestfwd). Of the targets there are those that
/// need no QEMU: a command, an address, a Unix-domain socket.
final class GuestForwardRules {
    private static final Pattern RULE = Pattern.compile("(?:tcp)?:(?<server>[^:-]*):(?<port>[0-9]{1,5})-(?<to>.+)");
    private static final Pattern HOST =
            Pattern.compile("tcp:(?:\\[(?<v6>[^\\]]+)\\]|(?<v4>[^:,]+)):(?<port>[0-9]{1,5})");

    private final Ipv4Prefix network;
    private final Ipv4Address usual;
    private final Set<Ipv4Address> taken;
    private final Path folder;

    /// @param usual the server's address where none is said
    /// @param taken which no server can have
    GuestForwardRules(Ipv4Prefix network, Ipv4Address usual, Set<Ipv4Address> taken, Path folder) {
        this.network = network;
        this.usual = usual;
        this.taken = taken;
        this.folder = folder;
    }

    /// @throws IllegalArgumentException that says which of them cannot be had
    List<GuestForward> parseAll(List<String> rules) {
        List<GuestForward> forwards = new ArrayList<>();
        for (String rule : rules) {
            GuestForward forward = parse(rule);
            boolean isTwice = forwards.stream()
                    .anyMatch(other -> other.tcpPort() == forward.tcpPort()
                            && other.address().equals(forward.address()));
            if (isTwice) {
                throw bad(rule, forward.address() + " port " + forward.tcpPort() + " is forwarded twice");
            }
            forwards.add(forward);
        }
        if (forwards.size() > GuestForwards.MOST) {
            throw new IllegalArgumentException(
                    "these are " + forwards.size() + " guestfwd rules; " + GuestForwards.MOST + " are possible");
        }
        return forwards;
    }

    private GuestForward parse(String rule) {
        Matcher match = RULE.matcher(rule);
        if (!match.matches()) {
            throw bad(rule, "the form is tcp:SERVER:PORT-TARGET");
        }
        Ipv4Address server = match.group("server").isEmpty() ? usual : Ipv4Address.parse(match.group("server"));
        if (server.equals(Ipv4Address.ANY)) {
            server = usual;
        }
        if (!network.contains(server)
                || taken.contains(server)
                || server.equals(network.network())
                || server.equals(network.broadcast())) {
            throw bad(rule, server + " is no free address of " + network);
        }
        int port = port(rule, match.group("port"));
        String target = match.group("to");
        if (target.startsWith("cmd:")) {
            List<String> command = words(rule, target.substring("cmd:".length()));
            return GuestForward.toCommand(server, port, command, folder.toString());
        }
        if (target.startsWith("unix:") && target.indexOf(',') < 0) {
            Path socket = folder.resolve(target.substring("unix:".length()));
            return GuestForward.toSocket(server, port, socket.toString());
        }
        Matcher host = HOST.matcher(target);
        if (host.matches()) {
            return GuestForward.toHost(server, port, address(rule, host), port(rule, host.group("port")));
        }
        throw bad(
                rule,
                "'" + target + "' is a character device of QEMU's; vmlan's networks have cmd:COMMAND, tcp:ADDRESS:PORT"
                        + " and unix:PATH");
    }

    private static IpAddress address(String rule, Matcher host) {
        String text = host.group("v4");
        try {
            if (text == null) {
                return IpAddress.of(Ipv6Address.parse(host.group("v6")));
            }
            return IpAddress.of(Ipv4Address.parse(text.equals("localhost") ? "127.0.0.1" : text));
        } catch (IllegalArgumentException e) {
            throw bad(rule, "write an address: " + e.getMessage());
        }
    }

    private static int port(String rule, String text) {
        int port = Integer.parseInt(text);
        if (port < 1 || port > 0xffff) {
            throw bad(rule, text + " is no port");
        }
        return port;
    }

    /// As a shell takes them, without one: QEMU starts none either (g_shell_parse_argv).
    private static List<String> words(String rule, String command) {
        try {
            List<String> words = ShellWords.split(command);
            if (words.isEmpty()) {
                throw new IllegalArgumentException("it names no command");
            }
            return words;
        } catch (IllegalArgumentException e) {
            throw bad(rule, e.getMessage());
        }
    }

    private static IllegalArgumentException bad(String rule, String why) {
        return new IllegalArgumentException("guestfwd=" + rule + ": " + why);
    }
}
