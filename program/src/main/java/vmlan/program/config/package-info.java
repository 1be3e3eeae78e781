/// What networks are to be: their names, the values of their settings, and `networks.yaml` with all that may be wrong
/// in
/// it, each mistake with its place.
///
/// ```
/// networks.yaml ─▶ YamlTree ─▶ BlockReader ─▶ NetworkBlock, for each network
///                      └──────────┴─────────▶ Problem: line, column, what, what is accepted
/// ```
///
/// May not: know of processes, sockets or state files. Thread: any; all values are immutable.
package vmlan.program.config;
