package vmlan.qemu.language;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/// The order in which QEMU goes through its hash tables. It decides which of two mistakes in one option QEMU names.
public final class HashOrder {
    /// QDICT_BUCKET_MAX of QEMU include/qobject/qdict.h.
    private static final int DICT_BUCKETS = 512;
    /// HASH_TABLE_MIN_SHIFT of GLib glib/ghash.c.
    private static final int LEAST_SHIFT = 3;
    /// The biggest prime below each power of two, as ghash.c has them.
    private static final int[] PRIMES = {1, 2, 3, 7, 13, 31, 61, 127, 251, 509, 1021, 2039, 4093, 8191, 16381, 32749};

    private HashOrder() {}

    /// As a QDict is gone through: bucket by bucket, in a bucket the newest first.
    public static <T> List<Map.Entry<String, T>> ofDict(Map<String, T> members) {
        List<Map.Entry<String, T>> newestFirst = new ArrayList<>(members.entrySet()).reversed();
        return newestFirst.stream()
                .sorted(Comparator.comparingInt(entry -> bucket(entry.getKey())))
                .toList();
    }

    /// QEMU qobject/qdict.c, tdb_hash.
    private static int bucket(String key) {
        byte[] bytes = key.getBytes(StandardCharsets.UTF_8);
        int value = 0x238F13AF * bytes.length;
        for (int i = 0; i < bytes.length; i++) {
            value += Byte.toUnsignedInt(bytes[i]) << (i * 5 % 24);
        }
        return (1103515243 * value + 12345) & (DICT_BUCKETS - 1);
    }

    /// The first of the keys that are left in a GHashTable.
    ///
    /// @param added in the order in which they were added, each once
    /// @param removed some of those
    public static String firstLeft(Collection<String> added, Collection<String> removed) {
        Table table = new Table();
        added.forEach(table::add);
        removed.forEach(table::remove);
        return Arrays.stream(table.keys)
                .filter(key -> key != null && !key.equals(Table.REMOVED))
                .findFirst()
                .orElse(null);
    }

    /// GLib's hash table of strings (glib/ghash.c).
    private static final class Table {
        /// No parameter's name has a zero.
        static final String REMOVED = "\0";

        String[] keys = new String[1 << LEAST_SHIFT];
        private int shift = LEAST_SHIFT;
        private int used;
        private int filled;

        void add(String key) {
            int at = find(key);
            if (keys[at] == null) {
                filled++;
            }
            keys[at] = key;
            used++;
            resizeMaybe();
        }

        void remove(String key) {
            int at = find(key);
            if (key.equals(keys[at])) {
                keys[at] = REMOVED;
                used--;
                resizeMaybe();
            }
        }

        private int find(String key) {
            int at = start(key);
            int grave = -1;
            for (int step = 1; keys[at] != null; step++) {
                if (keys[at].equals(key)) {
                    return at;
                }
                if (keys[at].equals(REMOVED) && grave < 0) {
                    grave = at;
                }
                at = (at + step) & (keys.length - 1);
            }
            return grave < 0 ? at : grave;
        }

        private int start(String key) {
            return Integer.remainderUnsigned(hash(key) * 11, PRIMES[shift]);
        }

        /// g_str_hash; 0 and 1 stand for empty and removed.
        private static int hash(String key) {
            int hash = 5381;
            for (byte character : key.getBytes(StandardCharsets.UTF_8)) {
                hash = hash * 33 + character;
            }
            return Integer.compareUnsigned(hash, 2) < 0 ? 2 : hash;
        }

        private void resizeMaybe() {
            boolean tooBig = keys.length > used * 4 && keys.length > 1 << LEAST_SHIFT;
            boolean tooFull = keys.length <= filled + filled / 16;
            if (tooBig || tooFull) {
                resize();
            }
        }

        /// In place, each key throwing out the one that it finds at its new place (resize_map).
        private void resize() {
            int oldLength = keys.length;
            int wanted = (int) (used * 1.333);
            shift = Math.max(LEAST_SHIFT, 32 - Integer.numberOfLeadingZeros(wanted));
            int length = 1 << shift;
            keys = Arrays.copyOf(keys, Math.max(oldLength, length));
            boolean[] settled = new boolean[keys.length];
            for (int i = 0; i < oldLength; i++) {
                String key = keys[i];
                if (key == null || settled[i]) {
                    continue;
                }
                keys[i] = null;
                while (key != null && !key.equals(REMOVED)) {
                    int at = start(key);
                    for (int step = 1; settled[at]; step++) {
                        at = (at + step) & (length - 1);
                    }
                    settled[at] = true;
                    String thrownOut = keys[at];
                    keys[at] = key;
                    key = thrownOut;
                }
            }
            keys = Arrays.copyOf(keys, length);
            filled = used;
        }
    }
}
