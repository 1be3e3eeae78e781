package vmlan.network.flow;

/// Something that can be in a [TimerWheel]: the links of the wheel's lists, and its deadline.
public abstract class Timed {
    Timed before;
    Timed after;
    long deadline;
    /// Time, in units of the wheel, of the list that it is in.
    long place;

    protected Timed() {}

    /// Whether a deadline is set.
    public final boolean isTimed() {
        return after != null;
    }

    /// When it is due; means something only while [#isTimed].
    public final long deadline() {
        return deadline;
    }
}
