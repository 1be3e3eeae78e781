package vmlan.qemu.language.backend;

import vmlan.qemu.language.CNumber;

/// The IPv6 side of QEMU's `user` network: `ipv6-net=` or `ipv6-prefix=` and `ipv6-prefixlen=`, `ipv6-host=`,
/// `ipv6-dns=`.
///
/// @param prefix null where none is given
/// @param length 0 where none is given
record UserIpv6(String prefix, long length) {
    /// `net_client_init` of QEMU net/net.c: `ipv6-net` is only another way to write the other two.
    static UserIpv6 of(Making making) throws Refused {
        String net = making.value("ipv6-net");
        if (net == null) {
            return new UserIpv6(making.value("ipv6-prefix"), making.number("ipv6-prefixlen", 0));
        }
        if (net.isEmpty()) {
            throw new Refused("Parameter 'ipv6-net' expects a valid IPv6 prefix");
        }
        int slash = net.indexOf('/');
        if (slash < 0) {
            return new UserIpv6(net, 64);
        }
        // whether it is a number was asked when the option was parsed
        long length =
                CNumber.parse(net.substring(slash + 1), 10).map(CNumber::value).orElse(0L);
        return new UserIpv6(net.substring(0, slash), length);
    }

    boolean isGiven() {
        return prefix != null;
    }

    void check(Making making) throws Refused {
        byte[] network = address(prefix == null ? "fec0::" : prefix, "Failed to parse IPv6 prefix");
        long bits = length == 0 ? 64 : length;
        if (bits < 0 || bits > 126) {
            throw new Refused("Invalid IPv6 prefix provided (IPv6 prefix length must be between 0 and 126)");
        }
        if (making.has("ipv6-host")) {
            byte[] host = address(making.value("ipv6-host"), "Failed to parse IPv6 host");
            if (!InternetText.samePrefix(network, host, (int) bits)) {
                throw new Refused("IPv6 Host doesn't belong to network");
            }
        }
        if (making.has("ipv6-dns")) {
            byte[] dns = address(making.value("ipv6-dns"), "Failed to parse IPv6 DNS");
            if (making.isOn("restrict") && !InternetText.samePrefix(network, dns, (int) bits)) {
                throw new Refused("IPv6 DNS doesn't belong to network");
            }
        }
        if (bits != 64 && making.flag("ipv6").orElse(!making.isOn("ipv4"))) {
            // RFC 4862 §5.5.3 (d): with an interface identifier of 64 bits (RFC 4291 §2.5.1)
            making.silent(
                    "the IPv6 prefix has " + bits + " bits: the guest makes itself an address only where it has 64",
                    "write 64 bits: ipv6-net=" + (prefix == null ? "fec0::" : prefix) + "/64");
        }
    }

    private static byte[] address(String text, String error) throws Refused {
        byte[] address = InternetText.ipv6(text);
        if (address == null) {
            throw new Refused(error);
        }
        return address;
    }
}
