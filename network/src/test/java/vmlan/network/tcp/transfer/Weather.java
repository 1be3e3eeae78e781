package vmlan.network.tcp.transfer;

/// What a link does to frames.
///
/// @param loss share of the frames that never arrive
/// @param duplication share that arrive twice
/// @param corruption share of which one bit is another; one, because the Internet checksum finds each single one
/// @param reordering share that are held back for up to the greatest delay while others pass
/// @param minDelayNanos that every frame takes
/// @param maxDelayNanos that a frame takes which is not held back
public record Weather(
        double loss, double duplication, double corruption, double reordering, long minDelayNanos, long maxDelayNanos) {
    private static final long MILLI = 1_000_000;

    public static final Weather FINE = new Weather(0, 0, 0, 0, 0, 0);
    public static final Weather FAIR = new Weather(0.001, 0.001, 0.0005, 0.005, 0, 2 * MILLI);
    public static final Weather FOUL = new Weather(0.02, 0.01, 0.005, 0.03, MILLI, 10 * MILLI);
    public static final Weather STORM = new Weather(0.06, 0.03, 0.01, 0.08, MILLI, 20 * MILLI);
}
