package vmlan.network.nat;

/// Numbers since the start, but for the first two, which are of now.
///
/// @param flows that guests began
/// @param clientFlows of clients of published ports
/// @param evicted that had to give way to a newer one of the same guest
/// @param limited not opened because there was no room
/// @param timedOut idle for too long
/// @param filtered datagrams from where the guest has not sent to, or for a published port without a guest
/// @param errorsTold datagrams of guests that did not arrive, as the host was told
/// @param refusedByGuests datagrams to guests for which nobody listened
public record UdpCounters(
        int flows,
        int clientFlows,
        long opened,
        long clientsOpened,
        long evicted,
        long limited,
        long timedOut,
        long filtered,
        long errorsTold,
        long refusedByGuests,
        long fromGuests,
        long toGuests) {}
