package vmlan.packet;

/// An IPv4 network such as `192.168.64.0/24`; bits beyond `length` are zero.
public record Ipv4Prefix(Ipv4Address network, int length) {
    public Ipv4Prefix {
        if (length < 0 || length > 32) {
            throw new IllegalArgumentException("a prefix of " + length + " bits; 0 to 32 are possible");
        }
        network = new Ipv4Address(network.bits() & maskBits(length));
    }

    /// Reads `192.168.64.0/24`.
    ///
    /// @throws IllegalArgumentException when the text is not ADDRESS/LENGTH
    public static Ipv4Prefix parse(String text) {
        int slash = text.indexOf('/');
        if (slash < 0 || !text.substring(slash + 1).matches("[0-9]{1,2}")) {
            throw new IllegalArgumentException("'" + text + "' is not a network such as 192.168.64.0/24");
        }
        return new Ipv4Prefix(Ipv4Address.parse(text.substring(0, slash)), Integer.parseInt(text.substring(slash + 1)));
    }

    private static int maskBits(int length) {
        return length == 0 ? 0 : -1 << (32 - length);
    }

    public Ipv4Address mask() {
        return new Ipv4Address(maskBits(length));
    }

    public Ipv4Address broadcast() {
        return new Ipv4Address(network.bits() | ~maskBits(length));
    }

    public boolean contains(Ipv4Address address) {
        return contains(address.bits());
    }

    public boolean contains(int addressBits) {
        return (addressBits & maskBits(length)) == network.bits();
    }

    public boolean overlaps(Ipv4Prefix other) {
        return contains(other.network) || other.contains(network);
    }

    @Override
    public String toString() {
        return network + "/" + length;
    }
}
