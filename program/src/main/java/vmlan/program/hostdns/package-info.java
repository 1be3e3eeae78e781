/// The guests' names for the host itself: `web.vmlan.internal` in a browser on this machine.
///
/// ```
/// application ─▶ the host's resolver ──(*.vmlan.internal)──▶ 127.0.0.1:PORT  NameService, in one network's process
///                      ▲                                          └─▶ guests of all networks of the user
///                      │ one file
///               HostDns ─▶ setup/host-names.sh, with rights
/// ```
///
/// The port is the user's, chosen once. Whichever process of theirs finds it free holds it; when that
/// one ends, another takes it within [NameService#RETRY].
///
/// May not: know how a network finds its guests' addresses.
package vmlan.program.hostdns;
