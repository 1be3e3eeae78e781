package vmlan.program.config;

/// Whether a guest shall not see the other isolated ones, as `--net` says it.
public enum Isolation {
    /// Nothing was said: what networks.yaml says of the network, else not.
    AS_THE_NETWORK(null),
    ON(true),
    OFF(false);

    private final Boolean flag;

    Isolation(Boolean flag) {
        this.flag = flag;
    }

    /// As it stands in files and requests; null where nothing was said.
    public Boolean flag() {
        return flag;
    }

    public static Isolation ofFlag(Object flag) {
        return flag instanceof Boolean said ? (said ? ON : OFF) : AS_THE_NETWORK;
    }

    /// For a guest on a network.
    public boolean on(boolean networkIsolates) {
        return flag == null ? networkIsolates : flag;
    }
}
