/// QEMU's own language of networks: what an option is, how it is written, which backends there are. With its two
/// packages pure: no files, no processes, no sockets; what the answers depend on comes in as a
/// [vmlan.qemu.language.Dialect] and [vmlan.qemu.language.Surroundings].
///
/// ```
/// words ─ QemuLine.parse ─▶ arguments ─ reading.NetworkLanguage.read ─▶ Reading: network options, who is joined
///   ▲                           │            │                                  to whom, what QEMU will say
///   └────── QemuLine.words ─────┘            └─ backend.BackendChecks: what it says when it makes a backend
/// ```
///
/// Read QEMU's qemu-options.hx, qapi/net.json, util/qemu-option.c and util/keyval.c first.
package vmlan.qemu.language;
