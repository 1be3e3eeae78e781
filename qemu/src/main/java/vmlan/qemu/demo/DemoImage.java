package vmlan.qemu.demo;

import java.nio.file.Path;

/// A demo guest ready to boot.
///
/// @param append the kernel's command line; add `vmlan.name=NAME` and the guest calls itself so
public record DemoImage(Path kernel, Path initrd, String append) {}
