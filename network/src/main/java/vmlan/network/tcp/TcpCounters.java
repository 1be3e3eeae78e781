package vmlan.network.tcp;

/// Numbers since the start, but for the first four, which are of now.
///
/// @param dialling connections whose other side is not there yet
/// @param flows all but those in TIME-WAIT
/// @param bufferedBytes memory that connections have, in whole chunks
/// @param opened connections that guests began and that were established
/// @param accepted connections that were made to guests
/// @param refused by policy
/// @param failed dialled without success, or given up by the guest before
/// @param limited refused because a limit was reached
/// @param synRetransmits SYNs that came again while the other side was dialled
/// @param retransmits segments that we sent again
/// @param timeouts of the retransmission timer
/// @param fastRecoveries losses that were found without a time-out
/// @param outOfOrder segments that came too early
/// @param challenges acknowledgements in answer to a suspect RST, SYN or ACK
/// @param resets connections that ended with a reset, by either side
/// @param dead guests that did not answer any more, and far ends that were found so after a change of the host
/// @param memoryShortages how often there was no memory for a flow
/// @param bytesFromGuests taken in, in order
/// @param bytesToGuests sent, each byte once
public record TcpCounters(
        int flows,
        int dialling,
        int timeWaits,
        long bufferedBytes,
        long opened,
        long accepted,
        long refused,
        long failed,
        long limited,
        long synRetransmits,
        long retransmits,
        long timeouts,
        long fastRecoveries,
        long outOfOrder,
        long challenges,
        long resets,
        long dead,
        long memoryShortages,
        long bytesFromGuests,
        long bytesToGuests) {}
