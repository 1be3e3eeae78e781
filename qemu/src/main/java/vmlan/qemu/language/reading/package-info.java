/// Reads the network options of a command line in the stages of QEMU's start: the arguments, the backends, the devices,
/// who has no peer. Pure, as [vmlan.qemu.language] says. Read QEMU's system/vl.c and net/net.c first.
package vmlan.qemu.language.reading;
