package vmlan.network;

/// A port of the switch: its name, its far end and its counters.
public final class SwitchPort {
    private final String name;
    private final FrameSink sink;

    SwitchPort(String name, FrameSink sink) {
        this.name = name;
        this.sink = sink;
    }

    public String name() {
        return name;
    }

    FrameSink sink() {
        return sink;
    }
}
