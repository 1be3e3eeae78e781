package vmlan.tests.lan;

/// Somebody on the LAN who can be asked to ping, to send and to receive: a machine of the testbed or a guest.
public interface Station {
    /// What TCP is received on.
    int TCP_PORT = 5001;

    /// How the kernel writes a socket that listens there (/proc/net/tcp: local address, remote address, 0A).
    String LISTENING = ":1389 .* 0A ";

    /// Of each transfer, as the issue has it.
    int MEGABYTES = 50;

    enum Family {
        IPV4,
        IPV6
    }

    String ipv4() throws Exception;

    /// An address of global scope.
    String ipv6() throws Exception;

    default String address(Family family) throws Exception {
        return family == Family.IPV4 ? ipv4() : ipv6();
    }

    /// Runs a line of shell, with whatever end, and gives what it printed.
    String shell(String line) throws Exception;

    /// What ping(8) or busybox ping prints; both say "0% packet loss".
    String ping(String address, int count) throws Exception;

    /// Makes a file of random bytes, to be sent, and gives its MD5.
    String makeFile(int megabytes) throws Exception;

    /// Waits for one TCP connection in the background; returns when it listens.
    void listen() throws Exception;

    /// Sends the file to who listens there; returns when all is sent and the other side has closed.
    void send(String address) throws Exception;

    /// Waits for the end of what was listened for, and gives its MD5.
    String received() throws Exception;

    /// How many echo requests have come in, by the kernel's own count (RFC 4293's icmpStats).
    Echoes echoes() throws Exception;

    /// @param ipv4 Icmp: InEchos of /proc/net/snmp
    /// @param ipv6 Icmp6InEchos of /proc/net/snmp6
    record Echoes(long ipv4, long ipv6) {
        /// What to print for [#parse].
        static final String COMMAND = "grep Icmp: /proc/net/snmp; grep Icmp6InEchos /proc/net/snmp6";

        static Echoes parse(String text) {
            long ipv4 = -1;
            long ipv6 = -1;
            String[] names = {};
            for (String line : text.lines().toList()) {
                String[] words = line.strip().split("\\s+");
                if (words[0].equals("Icmp6InEchos") && words.length == 2) {
                    ipv6 = Long.parseLong(words[1]);
                } else if (words[0].equals("Icmp:") && words[1].startsWith("In")) {
                    names = words;
                } else if (words[0].equals("Icmp:")) {
                    ipv4 = Long.parseLong(words[java.util.List.of(names).indexOf("InEchos")]);
                }
            }
            if (ipv4 < 0 || ipv6 < 0) {
                throw new AssertionError("no counters of echo requests in:\n" + text);
            }
            return new Echoes(ipv4, ipv6);
        }

        Echoes since(Echoes before) {
            return new Echoes(ipv4 - before.ipv4, ipv6 - before.ipv6);
        }
    }
}
