/// The `vmlan` command: its commands, its files, and the network process.
///
/// May not: hold what belongs to the packages below, it wires them.
package vmlan.program;
