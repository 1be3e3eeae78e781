package vmlan.qemu;

import java.nio.file.Path;

/// A disk of a VM.
///
/// @param format always said, never probed at the start: a guest could write another format's magic bytes into a raw
///     disk and read any file of the host at the next start (QEMU docs/system/security, "-drive format=")
public record Disk(Path file, String format) {}
