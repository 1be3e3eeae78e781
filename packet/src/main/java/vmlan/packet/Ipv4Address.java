package vmlan.packet;

/// An IPv4 address in network order: `192.168.64.1` is `0xc0a84001`.
public record Ipv4Address(int bits) implements Comparable<Ipv4Address> {
    public static final Ipv4Address ANY = new Ipv4Address(0);
    public static final Ipv4Address BROADCAST = new Ipv4Address(-1);

    /// Reads four decimal numbers, without leading zeros, which some programs take for octal.
    ///
    /// @throws IllegalArgumentException when the text has another form
    public static Ipv4Address parse(String text) {
        String[] parts = text.split("\\.", -1);
        int bits = 0;
        boolean good = parts.length == 4;
        for (int i = 0; good && i < 4; i++) {
            String part = parts[i];
            good = !part.isEmpty()
                    && part.length() <= 3
                    && part.chars().allMatch(c -> c >= '0' && c <= '9')
                    && (part.length() == 1 || part.charAt(0) != '0')
                    && Integer.parseInt(part) <= 255;
            bits = good ? (bits << 8) | Integer.parseInt(part) : 0;
        }
        if (!good) {
            throw new IllegalArgumentException("'" + text + "' is not an IPv4 address such as 192.168.64.2");
        }
        return new Ipv4Address(bits);
    }

    public Ipv4Address plus(int count) {
        return new Ipv4Address(bits + count);
    }

    /// In the order of unsigned numbers, so that 200.0.0.0 comes after 100.0.0.0.
    @Override
    public int compareTo(Ipv4Address other) {
        return Integer.compareUnsigned(bits, other.bits);
    }

    @Override
    public String toString() {
        return (bits >>> 24) + "." + ((bits >> 16) & 255) + "." + ((bits >> 8) & 255) + "." + (bits & 255);
    }
}
