package vmlan.program.demo;

/// What came of trying something.
///
/// @param detail in words: what was seen, or why it did not work
/// @param nanos how long it took
public record Outcome(boolean holds, String detail, long nanos) {
    static Outcome yes(String detail, long nanos) {
        return new Outcome(true, detail, nanos);
    }

    static Outcome no(String detail, long nanos) {
        return new Outcome(false, detail, nanos);
    }
}
