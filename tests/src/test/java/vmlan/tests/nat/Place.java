package vmlan.tests.nat;

import java.util.Locale;

/// What stands outside and inside, each in a namespace.
public enum Place {
    GUEST,
    HOST,
    INTERNET,
    /// One router further.
    BEYOND;

    String suffix() {
        return name().toLowerCase(Locale.ROOT);
    }
}
