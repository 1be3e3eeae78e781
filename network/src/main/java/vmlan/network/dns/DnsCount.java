package vmlan.network.dns;

/// What [DnsService] counts.
public enum DnsCount {
    /// Queries of guests, over UDP and TCP.
    QUERIES("queries"),
    /// Those that are no queries, or not in a form that can be answered.
    MALFORMED("malformed"),
    /// Answered from names that are known here.
    LOCAL("local"),
    /// Answered from what was learned before.
    CACHED("cached"),
    /// Sent on to a server; a question that is under way already counts as [#JOINED].
    FORWARDED("forwarded"),
    /// Answered together with the same question of before.
    JOINED("joined"),
    /// Not taken: too many wait.
    FULL("full"),
    /// Answered SERVFAIL, since no server answered in time.
    UNANSWERED("unanswered"),
    /// Answered SERVFAIL, since the host has no server for it.
    WITHOUT_SERVER("withoutServer"),
    /// Answered REFUSED, since this network has no outside.
    REFUSED("refused"),
    /// Messages to servers, repetitions included.
    ASKED("asked"),
    /// Replies that do not belong to what was asked: forged, or broken.
    MISMATCHED("mismatched"),
    /// Connections of guests.
    STREAMS("streams"),
    /// Connections that were not taken: there are too many.
    STREAMS_FULL("streamsFull"),
    /// Connections that were cut off: they broke the rules, or did not read their answers.
    STREAMS_CUT("streamsCut");

    private final String key;

    DnsCount(String key) {
        this.key = key;
    }

    /// The name in JSON.
    public String key() {
        return key;
    }
}
