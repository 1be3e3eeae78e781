package vmlan.program.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import vmlan.packet.IpAddress;
import vmlan.packet.Ipv4Address;
import vmlan.program.files.Fields;
import vmlan.program.message.ShellWords;

/// A TCP port at an address of the gateway's, behind which there is something of the host's: QEMU's `guestfwd`.
///
/// @param address in the network
/// @param command each connection runs it, with the connection as its input and output; empty where there is none
/// @param folder in which the command runs
/// @param host an address that each connection is carried to, with `hostPort`; null where there is none
/// @param socket a Unix-domain socket that each connection is carried to; null where there is none
public record GuestForward(
        Ipv4Address address,
        int tcpPort,
        List<String> command,
        String folder,
        IpAddress host,
        int hostPort,
        String socket) {
    public GuestForward {
        command = List.copyOf(command);
        if (tcpPort < 1 || tcpPort > 0xffff) {
            throw new IllegalArgumentException(tcpPort + " is no port");
        }
        int targets = (command.isEmpty() ? 0 : 1) + (host == null ? 0 : 1) + (socket == null ? 0 : 1);
        if (targets != 1) {
            throw new IllegalArgumentException(
                    address + " port " + tcpPort + " is forwarded to " + targets + " targets");
        }
    }

    public static GuestForward toCommand(Ipv4Address address, int tcpPort, List<String> command, String folder) {
        return new GuestForward(address, tcpPort, command, folder, null, 0, null);
    }

    public static GuestForward toHost(Ipv4Address address, int tcpPort, IpAddress host, int hostPort) {
        return new GuestForward(address, tcpPort, List.of(), null, host, hostPort, null);
    }

    public static GuestForward toSocket(Ipv4Address address, int tcpPort, String socket) {
        return new GuestForward(address, tcpPort, List.of(), null, null, 0, socket);
    }

    /// As it stands in files and answers.
    Map<String, Object> toJson() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("address", address.toString());
        json.put("port", tcpPort);
        if (!command.isEmpty()) {
            json.put("command", command);
            json.put("folder", folder);
        } else if (socket != null) {
            json.put("socket", socket);
        } else {
            json.put("host", host.toString());
            json.put("hostPort", hostPort);
        }
        return json;
    }

    /// In QEMU's words.
    @Override
    public String toString() {
        String target = "unix:" + socket;
        if (!command.isEmpty()) {
            target = "cmd:" + ShellWords.join(command);
        } else if (host != null) {
            target = "tcp:" + (host.isIpv4() ? host.toString() : "[" + host + "]") + ":" + hostPort;
        }
        return "tcp:" + address + ":" + tcpPort + "-" + target;
    }

    /// @throws IllegalArgumentException that names what makes no sense
    static GuestForward ofJson(Fields json) {
        return new GuestForward(
                Ipv4Address.parse(json.text("address")),
                Math.toIntExact(json.number("port")),
                json.texts("command"),
                json.optionalText("folder").orElse(null),
                json.optionalText("host").map(IpAddress::parse).orElse(null),
                json.optionalNumber("hostPort").map(Math::toIntExact).orElse(0),
                json.optionalText("socket").orElse(null));
    }
}
