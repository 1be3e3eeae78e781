/// A QEMU command line as it stands, made one that works on this host: networks that its QEMU lacks, or that would need
/// root, become stream sockets of vmlan's networks; acceleration and CPU of another host become this one's. Everything
/// else stays as it was typed, byte for byte and in order. Pure: what is asked of the machine comes in as a
/// [vmlan.qemu.translation.Target], and what is known only when the networks run, as a
/// [vmlan.qemu.translation.Plug] for each NIC.
///
/// ```
/// words ─ PastedLine ─▶ QemuLine ─ NetworkLanguage.read ─▶ Reading ─ Translation.of ─▶ nics, notes
///                                                                       │                 │ networks start
///                                                                       └── words(plugs) ◀┘
///                                                                             │
///                                                                             ▼ the real QEMU's arguments
/// ```
///
/// Knows no packets: addresses are texts here, and what they mean is the program's.
package vmlan.qemu.translation;
