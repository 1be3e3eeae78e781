/// Sending IP packets of either family into the network, and reading them: what the gateway and the NAT share.
///
/// Both families have one kind of address here, two longs; IPv4 is mapped into IPv6 (`::ffff:0:0/96`, RFC
/// 4291 §2.5.5.2), which no packet on a wire has.
///
/// May not: know a protocol above IP and ICMP, keep flows. Thread: the network's event loop.
package vmlan.network.ip;
