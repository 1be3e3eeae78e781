/// The seed of a cloud image: a small read-only disk with which cloud-init sets a VM up at its first start (its data
/// source NoCloud), written with java-iso-tools.
///
/// ```
/// --user-data FILE ─▶ UserData ┐
/// --ssh-key FILE ───▶ SshKeys ─┼▶ Seed ─▶ user-data, meta-data, network-config ─▶ SeedImage ─▶ state/vms/NAME/seed.iso
/// ```
///
/// May not: start anything. Trust: the files are the user's, and become no part of a command line. Thread: whichever
/// calls.
package vmlan.qemu.seed;
