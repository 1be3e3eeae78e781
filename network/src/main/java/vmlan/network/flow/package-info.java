/// Flows: conversations that are tracked. How they are found ([FlowTable]), when they are due ([TimerWheel]), how
/// many there may be ([FlowLimits]).
///
/// ```
///  five-tuple ─▶ FlowTable ─▶ Flow ◀─ TimerWheel ◀─ now
/// ```
///
/// Nothing here looks at all flows, and nothing allocates for a packet of a known one: table and wheel thread
/// their lists through the flows themselves.
///
/// May not: know a protocol. Thread: the network's event loop.
package vmlan.network.flow;
