package vmlan.qemu.language;

import java.util.List;

/// An option of a backend.
///
/// @param words what is accepted where the type is [Type#WORD]; else empty
/// @param usual what holds where the option is not given, in words for a reader; empty: nothing, or somebody else
///     chooses
/// @param until the last version that has it; null: it is still there
/// @param meaning one sentence
public record BackendOption(
        String name,
        Type type,
        List<String> words,
        String usual,
        QemuVersion since,
        QemuVersion until,
        boolean mandatory,
        String meaning) {
    /// What QEMU takes for a value (qapi/net.json).
    public enum Type {
        TEXT,
        BOOL,
        INT,
        INT32,
        UINT16,
        UINT32,
        UINT64,
        SIZE,
        /// Texts; the option may be there more than once.
        LIST,
        /// One of some words.
        WORD,
        /// A socket's address, with options of its own: [Backend#addresses].
        ADDRESS
    }

    public BackendOption {
        words = List.copyOf(words);
    }

    /// Whether a QEMU of this version knows the option.
    public boolean isIn(QemuVersion version) {
        return version.isAtLeast(since.major(), since.minor())
                && (until == null || !version.isAtLeast(until.major(), until.minor() + 1));
    }
}
