/// The world outside of a network, with a guest at native speed: the kernel of a network namespace.
///
/// ```
///  guest ── eth0 (tap) ══ pump ══ stream socket ══ vmlan ── host ── en0 ── e0 ── internet ── beyond
///                                                                       198.51.100.1
///                                                                       2001:db8:99::1
/// ```
///
/// All of it is made by root with `ip`, and lies in namespaces with names of their own. The network's process runs in
/// the host's namespace without any right. Servers and clients are Java's sockets on threads that have entered a
/// namespace ([NamespaceThreads]), or real programs.
package vmlan.tests.nat;
