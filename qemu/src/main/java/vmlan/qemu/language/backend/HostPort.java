package vmlan.qemu.language.backend;

import vmlan.qemu.language.CNumber;
import vmlan.qemu.language.Surroundings;

/// An IPv4 address and a port as `convert_host_port` of QEMU net/net.c reads them.
///
/// @param port the number as it is written: QEMU keeps its lowest 16 bits
record HostPort(int address, long port) {
    /// `parse_host_port`: `HOST:PORT`.
    static HostPort parse(String text, Surroundings surroundings) throws Refused {
        int colon = text.indexOf(':');
        if (colon < 0) {
            throw new Refused("host address '%s' doesn't contain ':' separating host from port".formatted(text));
        }
        return of(text.substring(0, colon), text.substring(colon + 1), surroundings);
    }

    static HostPort of(String host, String port, Surroundings surroundings) throws Refused {
        int address = address(host, surroundings);
        CNumber number = CNumber.parse(port, 0).orElse(null);
        if (number == null || number.overflows()) {
            throw new Refused("port number '%s' is invalid".formatted(port));
        }
        return new HostPort(address, number.value());
    }

    private static int address(String host, Surroundings surroundings) throws Refused {
        if (host.isEmpty()) {
            return 0;
        }
        if (host.charAt(0) >= '0' && host.charAt(0) <= '9') {
            return InternetText.ipv4(host)
                    .orElseThrow(() -> new Refused("host address '%s' is not a valid IPv4 address".formatted(host)));
        }
        String resolved = surroundings
                .resolve(host)
                .orElseThrow(() -> new Refused("can't resolve host address '%s'".formatted(host)));
        return InternetText.ipv4(resolved).orElse(0);
    }

    String host() {
        return InternetText.ipv4(address);
    }

    /// The port that the kernel is given.
    int usedPort() {
        return (int) (port & 0xffff);
    }

    /// QEMU cuts a port that is too big, without a word.
    void sayWhetherCut(Making making, String what) {
        if (port != usedPort()) {
            making.silent(
                    what + " " + port + " is none: QEMU takes port " + usedPort() + " without a word",
                    "write a port from 1 to 65535");
        }
    }

    /// Refuses what the kernel refuses when a socket is bound there.
    void bind(Making making, Surroundings.Transport transport) throws Refused {
        Making.Unbound why = making.bind(transport, this).orElse(null);
        if (why != null) {
            throw Refused.because("can't bind ip=%s to socket: %s".formatted(host(), why.words()), why.remedy());
        }
    }
}
