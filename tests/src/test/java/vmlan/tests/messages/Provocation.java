package vmlan.tests.messages;

import vmlan.tests.real.Installation;

/// A way to make the program say something.
///
/// @param what the message's first line, as the table has it
record Provocation(String what, Trial trial) {
    /// Does what is wrong.
    @FunctionalInterface
    interface Trial {
        Installation.Result run() throws Exception;
    }
}
