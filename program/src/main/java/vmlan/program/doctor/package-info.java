/// `vmlan doctor`: looks at the host, and says what will not work, why that matters, and what to type.
///
/// ```
/// Doctor ── Check, Check, … each on a thread of its own, each with a limit of time ──▶ Finding ──▶ Report
///             └▶ Host: all that is read of this machine; tests bring a recorded one
/// ```
///
/// May not: change anything on the host, send anything to the network, or end because something is missing. What a
/// check cannot find out is a finding itself.
///
/// Trust: files and outputs that are read here are text, bounded, and printed without control characters.
package vmlan.program.doctor;
