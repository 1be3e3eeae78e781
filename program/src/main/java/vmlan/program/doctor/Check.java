package vmlan.program.doctor;

import java.time.Duration;
import java.util.List;

/// One thing to look at, on its own: it may throw, and it may hang.
///
/// @param why what is looked at matters, for when the looking itself fails
/// @param limit after which it is given up
record Check(String name, String why, Duration limit, Look look) {
    /// Reading files, and programs that answer at once.
    private static final Duration USUAL = Duration.ofSeconds(10);

    Check(String name, String why, Look look) {
        this(name, why, USUAL, look);
    }

    /// What there is to see.
    @FunctionalInterface
    interface Look {
        List<Finding> look() throws Exception;
    }
}
