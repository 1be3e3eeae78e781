package vmlan.qemu;

import java.nio.file.Path;

/// A kernel that QEMU loads itself, in place of firmware that looks for a disk.
///
/// @param initrd null: none
/// @param append the kernel's command line
public record Boot(Path kernel, Path initrd, String append) {}
