/// DNS at the gateway: guests by name, and everything else as the host's own resolvers say it.
///
/// ```
///  query ─▶ Query ─▶ LocalZone ──────────────────────────────────────────▶ answer
///  (bytes)            │ not ours                                              ▲
///                     └▶ AnswerCache ─ hit ───────────────────────────────────┤
///                         │ miss                                              │
///                         └▶ Forwarder ─▶ DnsUpstream ─▶ a server of the host's
/// ```
///
/// A forwarder and no resolver: what is not ours goes out as the guest wrote it and comes back as the server
/// wrote it, so that types, options and signatures that nobody here has heard of arrive whole. Only the id is
/// ours. Read RFC 1035 §4, 2308 (negative answers), 5625 (what a proxy must not break), 6891 (EDNS), 7766 (TCP)
/// and 5452 (forged answers) first.
///
/// The bytes of a query come from a guest, those of a reply from whoever can reach the host's socket. Both are
/// looked through by length before anything is made of them; a name of a reply is never expanded. A guest can make
/// us hold as many queries as [DnsLimits] says, and a cache of a fixed size.
///
/// May not: open sockets, read files, read a clock. Thread: the network's event loop.
package vmlan.network.dns;
