package vmlan.qemu.language.backend;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import vmlan.qemu.language.Surroundings;

/// QEMU net/dgram.c `net_init_dgram`.
final class DgramRules implements BackendRules {
    @Override
    public void check(Making making) throws Refused {
        String remote = making.value("remote.type");
        String local = making.value("local.type");
        if ("inet".equals(remote)) {
            HostPort group = address(making, "remote");
            if (InternetText.isMulticast(group.address())) {
                multicast(making, group, local);
                return;
            }
        }
        agree(local, remote);
        switch (local) {
            case "inet" -> inet(making);
            case "unix" -> unix(making);
            case "fd" -> descriptor(making);
            default -> throw new Refused("only support inet or fd type for local");
        }
    }

    private static void agree(String local, String remote) throws Refused {
        if (local == null) {
            throw new Refused("dgram requires local= parameter");
        }
        if (remote == null) {
            if (!local.equals("fd")) {
                throw new Refused("type=inet or type=unix requires remote parameter");
            }
        } else if (local.equals("fd")) {
            throw new Refused("don't set remote with local.fd");
        } else if (!local.equals(remote)) {
            throw new Refused("remote and local types must be the same");
        }
    }

    private static HostPort address(Making making, String end) throws Refused {
        String host = making.value(end + ".host");
        String port = making.value(end + ".port");
        return HostPort.of(host == null ? "" : host, port == null ? "" : port, making.surroundings());
    }

    private static void multicast(Making making, HostPort group, String local) throws Refused {
        if (local == null) {
            Multicast.check(making, group, null);
            return;
        }
        switch (local) {
            case "inet" -> {
                String host = making.value("local.host");
                int address = InternetText.ipv4(host)
                        .orElseThrow(() -> new Refused("localaddr '%s' is not a valid IPv4 address".formatted(host)));
                Multicast.check(making, group, InternetText.ipv4(address));
            }
            case "fd" -> {
                Descriptors.open(making, making.value("local.str"));
                // QEMU reads the host and port of an address that has none
                throw new Refused("port number '(null)' is invalid");
            }
            default -> throw new Refused("only support inet or fd type for local");
        }
    }

    private static void inet(Making making) throws Refused {
        HostPort local = address(making, "local");
        HostPort remote = address(making, "remote");
        local.bind(making, Surroundings.Transport.SHARED_UDP);
        local.sayWhetherCut(making, "local.port");
        remote.sayWhetherCut(making, "remote.port");
    }

    /// QEMU removes what is at the local path, then binds there.
    private static void unix(Making making) throws Refused {
        String local = making.value("local.path");
        String remote = making.value("remote.path");
        if (making.surroundings().isFolder(Path.of(local))) {
            throw new Refused("failed to unlink socket %s: Is a directory".formatted(local));
        }
        fits(making, local);
        fits(making, remote);
        String why = UnixPaths.whyNotBind(making, local).orElse(null);
        if (why != null) {
            throw new Refused("can't bind unix=%s to socket: %s".formatted(local, why));
        }
        if (!remote.equals(local) && !making.surroundings().exists(Path.of(remote))) {
            making.silent(
                    "nobody is at " + remote + ": frames of the guest are lost until there is",
                    "start what binds " + remote + " first; it has to send to " + local);
        }
    }

    private static void fits(Making making, String path) throws Refused {
        if (path.getBytes(StandardCharsets.UTF_8).length > making.surroundings().longestSocketPath()) {
            throw new Refused("UNIX socket path '%s' is too long".formatted(path));
        }
    }

    private static void descriptor(Making making) throws Refused {
        Surroundings.Descriptor kind = Descriptors.open(making, making.value("local.str"));
        if (kind != Surroundings.Descriptor.DATAGRAM_SOCKET && kind != Surroundings.Descriptor.STREAM_SOCKET) {
            throw new Refused("Unable to query local socket address: Socket operation on non-socket");
        }
    }
}
