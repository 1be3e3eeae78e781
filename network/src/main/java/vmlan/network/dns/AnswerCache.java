package vmlan.network.dns;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// Replies of servers, for as long as they allow it and no longer (RFC 8767's stale answers are not for a network
/// that is on the host: what does not resolve there does not resolve here). What was used longest ago goes first
/// when there is no room.
final class AnswerCache {
    /// A key, an entry of the map and the objects around, as they lie on a 64-bit JVM, with room to spare.
    private static final int ENTRY_OVERHEAD = 256;

    private record Entry(Answer answer, long since, long bytes) {}

    private final Map<String, Entry> entries = new LinkedHashMap<>(16, 0.75f, true);
    private final int mostEntries;
    private final long mostBytes;
    private long bytes;

    AnswerCache(int mostEntries, long mostBytes) {
        this.mostEntries = mostEntries;
        this.mostBytes = mostBytes;
    }

    /// @return null when none is known that the asker can take
    byte[] answer(Query query, boolean overTcp, long now) {
        if (!query.isPlain()) {
            return null;
        }
        String key = query.cacheKey();
        Entry entry = entries.get(key);
        if (entry == null) {
            return null;
        }
        long age = TimeUnit.NANOSECONDS.toSeconds(now - entry.since);
        if (age >= entry.answer.seconds()) {
            remove(key);
            return null;
        }
        // What is too long for this asker is asked for again: the server knows how to cut it.
        return entry.answer.length() <= query.limit(overTcp) ? entry.answer.to(query, age) : null;
    }

    /// @param reply that belongs to the query
    void keep(Query query, byte[] reply, long now) {
        Answer answer = query.isPlain() && Wire.u16(reply, Wire.QUESTIONS) == 1
                ? Answer.toKeep(reply, query.questionEnd())
                : null;
        if (answer == null) {
            return;
        }
        String key = query.cacheKey();
        Entry entry = new Entry(answer, now, answer.bytes() + 2L * key.length() + ENTRY_OVERHEAD);
        if (entry.bytes > mostBytes / 4) {
            return; // a few giants would leave no room for anything else
        }
        remove(key);
        entries.put(key, entry);
        bytes += entry.bytes;
        Iterator<Entry> oldest = entries.values().iterator();
        while (entries.size() > mostEntries || bytes > mostBytes) {
            bytes -= oldest.next().bytes;
            oldest.remove();
        }
    }

    private void remove(String key) {
        Entry old = entries.remove(key);
        if (old != null) {
            bytes -= old.bytes;
        }
    }

    void clear() {
        entries.clear();
        bytes = 0;
    }

    int entries() {
        return entries.size();
    }

    long bytes() {
        return bytes;
    }
}
