package vmlan.qemu.demo;

import java.io.IOException;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// A kernel and its modules, installed or in packages. Names of modules are as the kernel has them, with `_` and
/// never `-`.
interface KernelSource {
    /// Of the largest image and module that we take: Debian's biggest has 15 MB, a module with debug information 40.
    int MOST_BYTES = 256 << 20;

    /// Such as 6.1.0-56-cloud-amd64.
    String release();

    byte[] image() throws IOException;

    /// The modules that are part of the image.
    Set<String> builtin() throws IOException;

    /// Those of `names` that there are, decompressed.
    Map<String, byte[]> modules(Set<String> names) throws IOException;

    static String moduleName(String fileName) {
        int end = fileName.indexOf(".ko");
        return fileName.substring(fileName.lastIndexOf('/') + 1, end).replace('-', '_');
    }

    /// modules.builtin has a path a line (Linux Documentation/kbuild/kbuild.rst).
    static Set<String> builtin(String modulesBuiltin) {
        return modulesBuiltin
                .lines()
                .filter(line -> line.endsWith(".ko"))
                .map(KernelSource::moduleName)
                .collect(Collectors.toUnmodifiableSet());
    }
}
