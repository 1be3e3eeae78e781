package vmlan.qemu.language.backend;

import vmlan.qemu.language.CNumber;

/// The IPv4 side of QEMU's `user` network: `net=`, `host=`, `dns=`, `dhcpstart=`.
record UserIpv4(int network, int mask, int host, int dns) {
    private static final int NETWORK = 0x0a000200;

    /// What libslirp calls the special addresses of a network: the last bits.
    private static final int HOST = 0x0202;

    private static final int DNS = 0x0203;
    private static final int SERVER = 0x0204;
    private static final int DHCP = 0x020f;

    static UserIpv4 of(Making making) throws Refused {
        int network = NETWORK;
        int mask = 0xffffff00;
        String text = making.value("net");
        if (text == null && making.has("ip")) {
            text = making.value("ip") + "/24";
        }
        if (text != null) {
            int slash = text.indexOf('/');
            int address = address(slash < 0 ? text : text.substring(0, slash), "Failed to parse netmask");
            mask = slash < 0 ? usualMask(address) : mask(text.substring(slash + 1));
            network = address & mask;
        }
        int host =
                making.has("host") ? address(making.value("host"), "Failed to parse host") : network | (HOST & ~mask);
        if ((host & mask) != network) {
            throw new Refused("Host doesn't belong to network");
        }
        int dns = making.has("dns") ? address(making.value("dns"), "Failed to parse DNS") : network | (DNS & ~mask);
        if (making.isOn("restrict") && (dns & mask) != network) {
            throw new Refused("DNS doesn't belong to network");
        }
        if (dns == host) {
            throw new Refused("DNS must be different from host");
        }
        int dhcp = making.has("dhcpstart")
                ? address(making.value("dhcpstart"), "Failed to parse DHCP start address")
                : network | (DHCP & ~mask);
        if ((dhcp & mask) != network) {
            throw new Refused("DHCP doesn't belong to network");
        }
        if (dhcp == host || dhcp == dns) {
            throw new Refused("DHCP must be different from host and DNS");
        }
        if (dhcp == network || dhcp == (network | ~mask)) {
            making.silent(
                    "the guest gets " + InternetText.ipv4(dhcp) + ", the "
                            + (dhcp == network ? "network's own" : "broadcast") + " address of "
                            + InternetText.ipv4(network) + "/" + Integer.bitCount(mask),
                    "add dhcpstart=" + InternetText.ipv4(free(network, mask, host, dns))
                            + ", or use a bigger network: net=10.0.2.0/24");
        }
        return new UserIpv4(network, mask, host, dns);
    }

    /// The first address that nobody has.
    private static int free(int network, int mask, int host, int dns) {
        int address = network + 1;
        while (address != (network | ~mask) && (address == host || address == dns)) {
            address++;
        }
        return address;
    }

    private static int address(String text, String error) throws Refused {
        return InternetText.ipv4(text).orElseThrow(() -> new Refused(error));
    }

    private static int mask(String text) throws Refused {
        CNumber bits = CNumber.parse(text, 10).orElse(new CNumber(0, false, text));
        if (!bits.isWhole()) {
            return address(text, "Failed to parse netmask (trailing chars)");
        }
        if (bits.value() < 4 || bits.value() > 32) {
            throw new Refused("Invalid netmask provided (must be in range 4-32)");
        }
        return (int) (0xffffffffL << (32 - bits.value()));
    }

    /// The mask of a network that is written without one, by its class.
    private static int usualMask(int address) {
        if ((address & 0x80000000) == 0) {
            return 0xff000000;
        }
        if ((address & 0xfff00000) == 0xac100000) {
            return 0xfff00000;
        }
        if ((address & 0xc0000000) == 0x80000000 || (address & 0xffff0000) == 0xc0a80000) {
            return 0xffff0000;
        }
        if ((address & 0xffff0000) == 0xc6120000) {
            return 0xfffe0000;
        }
        return (address & 0xe0000000) == 0xe0000000 ? 0xffffff00 : 0xfffffff0;
    }

    /// Whether a server for the guest can have that address (libslirp `check_guestfwd`); 0: the usual one.
    boolean hasGuestServer(int address) {
        int server = guestServer(address);
        return (server & mask) == network && server != host && server != dns;
    }

    int guestServer(int address) {
        return address == 0 ? network | (SERVER & ~mask) : address;
    }
}
