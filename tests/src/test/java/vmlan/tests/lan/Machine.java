package vmlan.tests.lan;

/// What stands on the LAN, each in a namespace.
enum Machine {
    /// The bridge that the others are plugged into.
    LAN("", "", "", ""),
    ROUTER("r0", "02:00:00:00:77:01", "192.168.77.1", "2001:db8:77::1"),
    HOST("en0", "02:00:00:00:77:10", "192.168.77.10", "2001:db8:77::10"),
    OTHER("e0", "02:00:00:00:77:20", "192.168.77.20", "2001:db8:77::20");

    private final String nic;
    private final String mac;
    private final String ipv4;
    private final String ipv6;

    Machine(String nic, String mac, String ipv4, String ipv6) {
        this.nic = nic;
        this.mac = mac;
        this.ipv4 = ipv4;
        this.ipv6 = ipv6;
    }

    String nic() {
        return nic;
    }

    String mac() {
        return mac;
    }

    String ipv4() {
        return ipv4;
    }

    String ipv6() {
        return ipv6;
    }

    /// The bridge's side of its cable.
    String port() {
        return "p-" + nic;
    }

    String suffix() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}
