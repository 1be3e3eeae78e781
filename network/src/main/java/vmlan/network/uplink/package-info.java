/// The port to a LAN outside: bridging as it stands, or behind one MAC address (Wi-Fi). No sockets, threads
/// or clock: the NIC is a [vmlan.network.uplink.Wire]. Called by the network's thread only.
///
/// Begin with [vmlan.network.uplink.Uplink].
package vmlan.network.uplink;
