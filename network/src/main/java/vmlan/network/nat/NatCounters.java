package vmlan.network.nat;

import vmlan.network.tcp.TcpCounters;

/// What `network show` tells of the NAT. Numbers since the start, but for what is under way or waiting.
///
/// @param echoesAllowed whether the host lets us send echoes over IPv4, as far as a guest has tried
/// @param echoesAllowedIpv6 the same over IPv6
/// @param echoesFailed that the host, or a router on the way, gave an error for
/// @param echoesEvicted that had to give way to newer ones of the same guest
/// @param refused packets that policy has refused, TCP apart
/// @param otherProtocols packets of protocols that are not carried
/// @param reassemblyContradictions packets whose fragments overlapped or disagreed
public record NatCounters(
        TcpCounters tcp,
        UdpCounters udp,
        boolean echoesAllowed,
        boolean echoesAllowedIpv6,
        int echoesWaiting,
        long echoes,
        long echoReplies,
        long echoesFailed,
        long echoesEvicted,
        long nameQueries,
        long refused,
        long otherProtocols,
        int reassembliesUnderWay,
        long reassembled,
        long reassembliesEvicted,
        long reassembliesTimedOut,
        long reassemblyContradictions) {}
