/// `vmlan explain`: says in plain words what the network options of a QEMU command line do, who will reach whom,
/// what needs rights and what is wrong. What QEMU means and says is decided in `vmlan.qemu.language`; here are the
/// words for it, and what this machine answers when it is asked.
///
/// ```
/// words ─ PastedLine ─▶ QemuLine ─ NetworkLanguage.read ─▶ Reading ─ Explainer ─▶ Explanation
///                                       ▲      ▲                        │              │
///            SpokenQemu: Dialect ───────┘      └─── ThisMachine         └ Corrections  ├▶ ExplanationText
///                                                                                      └▶ ExplanationJson
/// ```
///
/// Starts nothing and changes nothing. Thread: any.
package vmlan.program.explain;
