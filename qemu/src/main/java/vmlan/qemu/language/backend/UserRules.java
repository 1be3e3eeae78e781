package vmlan.qemu.language.backend;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// QEMU net/slirp.c `net_init_slirp`, and what libslirp's `slirp_new` says.
final class UserRules implements BackendRules {
    /// What QEMU is built with where nothing else is said (meson_options.txt, `smbd`).
    private static final String SMBD = "/usr/sbin/smbd";

    @Override
    public void check(Making making) throws Refused {
        UserIpv6 ipv6 = UserIpv6.of(making);
        families(making, ipv6);
        UserIpv4 ipv4 = UserIpv4.of(making);
        String smb = making.value("smbserver");
        if (smb != null && InternetText.ipv4(smb).isEmpty()) {
            throw new Refused("Failed to parse SMB address");
        }
        ipv6.check(making);
        lengths(making);
        searchList(making);
        List<String> guest = making.values("guestfwd").reversed();
        for (String rule : guest) {
            UserForwarding.toHost(making, ipv4, rule);
        }
        for (String rule : making.values("hostfwd").reversed()) {
            UserForwarding.toGuest(making, rule);
        }
        if (making.has("smb")) {
            share(making, ipv4);
        }
        folder(making);
    }

    /// One family that is asked for by name puts the other one out.
    private static void families(Making making, UserIpv6 prefix) throws Refused {
        Optional<Boolean> named4 = making.flag("ipv4");
        Optional<Boolean> named6 = making.flag("ipv6");
        boolean ipv4 = named4.orElse(named6.isEmpty() || !named6.get());
        boolean ipv6 = named6.orElse(named4.isEmpty() || !named4.get());
        if (!ipv4 && making.hasAny("net", "ip", "host", "dns")) {
            throw new Refused("IPv4 disabled but netmask/host/dns provided");
        }
        if (!ipv6 && (prefix.isGiven() || making.hasAny("ipv6-host", "ipv6-dns"))) {
            throw new Refused("IPv6 disabled but prefix/host6/dns6 provided");
        }
        if (!ipv4 && !ipv6) {
            throw new Refused("IPv4 and IPv6 disabled");
        }
    }

    private static void lengths(Making making) throws Refused {
        if ("".equals(making.value("domainname"))) {
            throw new Refused("'domainname' parameter cannot be empty");
        }
        if (length(making, "domainname") > 255) {
            throw new Refused("'domainname' parameter cannot exceed 255 bytes");
        }
        if (length(making, "hostname") > 255) {
            throw new Refused("'vhostname' parameter cannot exceed 255 bytes");
        }
        if (length(making, "tftp-server-name") > 255) {
            throw new Refused("'tftp-server-name' parameter cannot exceed 255 bytes");
        }
        if (length(making, "bootfile") > 127) {
            // not meant for users: QEMU crashes
            throw new Refused("Slirp: slirp_new: assertion '!cfg->bootfile || (strlen(cfg->bootfile)"
                    + " < G_SIZEOF_MEMBER(struct bootp_t, bp_file))' failed");
        }
    }

    private static int length(Making making, String key) {
        String value = making.value(key);
        return value == null ? 0 : value.getBytes(StandardCharsets.UTF_8).length;
    }

    /// libslirp src/dnssearch.c: labels of 1 to 63 bytes, and a dot may end the name.
    private static void searchList(Making making) {
        for (String name : making.values("dnssearch")) {
            String labels = name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
            for (String label : labels.split("\\.", -1)) {
                int length = label.getBytes(StandardCharsets.UTF_8).length;
                if (length < 1 || length > 63) {
                    making.warn("Slirp: failed to parse domain name '%s'".formatted(name));
                    break;
                }
            }
        }
    }

    private static void share(Making making, UserIpv4 network) throws Refused {
        if (!making.surroundings().exists(Path.of(SMBD))) {
            throw new Refused("Could not find '%s', please install it".formatted(SMBD));
        }
        String folder = making.value("smb");
        String why = making.surroundings().whyNotEnter(Path.of(folder)).orElse(null);
        if (why != null) {
            throw new Refused("Error accessing shared directory '%s': %s".formatted(folder, why));
        }
        String server = making.value("smbserver");
        if (!network.hasGuestServer(
                server == null ? 0 : InternetText.ipv4(server).orElse(0))) {
            throw new Refused("Conflicting/invalid smbserver address");
        }
    }

    private static void folder(Making making) {
        String folder = making.value("tftp");
        if (folder != null && !making.surroundings().exists(Path.of(folder))) {
            making.silent(
                    "there is no folder " + folder + ": the guest's TFTP requests find no file",
                    "make it, or give tftp= the folder that has the files");
        }
    }
}
