/// QEMU: what an installed one can do, the command lines for it, its processes, QMP.
///
/// May not: know packets or networks; it knows sockets by their paths. Thread: whichever calls; methods that
/// block say so.
package vmlan.qemu;
