package vmlan.network.tcp;

/// What is counted, until somebody asks: [TcpCounters] says what each means.
final class Tally {
    int dialling;
    long opened;
    long accepted;
    long refused;
    long failed;
    long limited;
    long synRetransmits;
    long retransmits;
    long timeouts;
    long fastRecoveries;
    long outOfOrder;
    long challenges;
    long resets;
    long dead;
    long bytesFromGuests;
    long bytesToGuests;
}
