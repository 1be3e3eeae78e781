package vmlan.program.doctor;

import java.time.Instant;

/// What there is to know of a file without opening it.
///
/// @param readable by this user; of a link, what it leads to, as the next one
/// @param mode the permission bits of stat(2)
record FileFacts(Kind kind, int uid, int mode, boolean readable, boolean writable, Instant modified) {
    enum Kind {
        FILE,
        FOLDER,
        LINK,
        OTHER
    }

    boolean isFolder() {
        return kind == Kind.FOLDER;
    }
}
