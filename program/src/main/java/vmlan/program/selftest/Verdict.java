package vmlan.program.selftest;

import java.util.Locale;

/// How a step went.
public enum Verdict {
    OK,
    /// Something is not here, and need not be.
    NOTE,
    FAILED,
    /// Nobody knows: what it takes is missing.
    UNTRIED;

    /// As it is printed, in one word.
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    boolean isBad() {
        return this == FAILED || this == UNTRIED;
    }
}
