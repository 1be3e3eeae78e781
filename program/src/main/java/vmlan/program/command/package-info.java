/// The commands: each reads its arguments, calls what does the work, and prints the result. Standard output carries
/// results, standard error progress and messages.
///
/// May not: hold logic that another command or a test would want.
package vmlan.program.command;
