/// What QEMU says when it makes a backend whose option was written well: a class for each kind of backend, with its
/// rules in QEMU's order; and what to do about each of QEMU's texts. Pure, as [vmlan.qemu.language] says. Read QEMU's
/// net/*.c of the backend first.
package vmlan.qemu.language.backend;
