/// Completion of the command line in bash, zsh and fish: a script for each, made from the commands as picocli knows
/// them.
///
/// ```
/// commands ─▶ CommandTables ─┐
///                            ├─▶ engine.sh ─┬─▶ bash.sh ─▶ vmlan completion bash
/// resources ─────────────────┘              ├─▶ zsh.sh
///                                           └─▶ fish.fish
/// ```
///
/// The engine is one script of POSIX sh, so that the three shells offer the same; names of VMs and networks it takes
/// from
/// the state folder, because to start Java at each press of the key would be felt.
///
/// May not: start anything, read a user's files.
package vmlan.program.completion;
