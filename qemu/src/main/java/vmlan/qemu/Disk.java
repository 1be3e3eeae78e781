package vmlan.qemu;

import java.nio.file.Path;

/// A disk of a VM.
///
/// @param format always said, never probed at the start: a guest could write another format's magic bytes into a raw
///     disk and read any file of the host at the next start (QEMU docs/system/security, "-drive format=")
/// @param throwAway what the guest writes goes to a temporary file and away with QEMU
public record Disk(Path file, String format, Kind kind, boolean throwAway) {
    /// What the guest sees.
    public enum Kind {
        DISK,
        /// A disk that cannot be written.
        READ_ONLY,
        CDROM,
        /// A folder of the host as a small FAT file system that cannot be written (QEMU block/vvfat.c).
        FOLDER
    }

    /// An ordinary one.
    public static Disk of(Path file, String format) {
        return new Disk(file, format, Kind.DISK, false);
    }
}
