package vmlan.program.vm;

import java.nio.file.Path;
import vmlan.qemu.Disk;

/// A disk of a VM.
///
/// @param format told by QEMU's tool when the disk was first used, and kept: a guest can write any header into a raw
///     disk, and must not become the reader of the file that this header names. Null: not asked yet
public record VmDisk(Path file, String format, Disk.Kind kind) {
    public VmDisk(Path file, String format) {
        this(file, format, Disk.Kind.DISK);
    }

    VmDisk withFormat(String newFormat) {
        return new VmDisk(file, newFormat, kind);
    }
}
