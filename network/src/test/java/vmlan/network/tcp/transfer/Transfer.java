package vmlan.network.tcp.transfer;

import java.util.List;
import java.util.SplittableRandom;

/// What one connection shall do, all of it from a seed.
///
/// @param guestConnects or else a client of the host
/// @param fromGuest bytes that the guest sends
/// @param fromOutside bytes that the other side sends
public record Transfer(long seed, boolean ipv6, boolean guestConnects, long fromGuest, long fromOutside, Order order) {
    /// Who says "that was all" when.
    public enum Order {
        /// Each as soon as it has sent all.
        AT_ONCE,
        /// The guest when it has the other side's end.
        OUTSIDE_FIRST,
        GUEST_FIRST,
        /// The outside sends nothing before it has the guest's end.
        ANSWER_AFTER_END,
        /// The other way round.
        QUESTION_AFTER_END
    }

    private static final int KIB = 1024;

    public static Transfer of(long seed) {
        return of(seed, 6 * KIB * KIB);
    }

    /// @param limit of bytes in each direction
    public static Transfer of(long seed, long limit) {
        SplittableRandom random = new SplittableRandom(seed);
        List<Order> orders = List.of(Order.values());
        return new Transfer(
                seed,
                random.nextBoolean(),
                random.nextBoolean(),
                Math.min(limit, size(random)),
                Math.min(limit, size(random)),
                orders.get(random.nextInt(orders.size())));
    }

    private static long size(SplittableRandom random) {
        int kind = random.nextInt(100);
        if (kind < 8) {
            return 0;
        } else if (kind < 20) {
            return random.nextLong(1, 3000);
        } else if (kind < 96) {
            return random.nextLong(1, 256 * KIB);
        }
        return random.nextLong(KIB * KIB, 6 * KIB * KIB);
    }

    public Application guest() {
        return new Application(
                "guest",
                seed * 4 + 1,
                seed * 4 + 2,
                fromGuest,
                fromOutside,
                order == Order.QUESTION_AFTER_END,
                order == Order.OUTSIDE_FIRST);
    }

    public Application outside() {
        return new Application(
                "outside",
                seed * 4 + 2,
                seed * 4 + 1,
                fromOutside,
                fromGuest,
                order == Order.ANSWER_AFTER_END,
                order == Order.GUEST_FIRST);
    }
}
