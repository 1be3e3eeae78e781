package vmlan.program.doctor;

/// A line of the report.
///
/// @param name of what was looked at, in a word or two
/// @param found on one line
/// @param why it matters, on one line
/// @param cure what to do, with the line to type where there is one; null when nothing has to be done
public record Finding(String name, State state, String found, String why, String cure) {
    static Finding ok(String name, String found, String why) {
        return new Finding(name, State.OK, found, why, null);
    }

    static Finding note(String name, String found, String why, String cure) {
        return new Finding(name, State.NOTE, found, why, cure);
    }

    static Finding warning(String name, String found, String why, String cure) {
        return new Finding(name, State.WARNING, found, why, cure);
    }

    static Finding problem(String name, String found, String why, String cure) {
        return new Finding(name, State.PROBLEM, found, why, cure);
    }
}
