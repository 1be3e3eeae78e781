package vmlan.program.files;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// Values of the Linux kernel below /proc/sys.
public final class Sysctl {
    /// A value is a few numbers.
    private static final int MOST_BYTES = 256;

    private Sysctl() {}

    /// Reads a value in one go. The kernel gives numbers to the first read only, whatever its size
    /// (do_proc_dointvec in kernel/sysctl.c), and the first read of [Files#readString] of a file without a size
    /// is of one byte: 1024 would be 1.
    ///
    /// @param name such as `net/ipv4/ping_group_range`
    public static String read(String name) throws IOException {
        try (InputStream in = Files.newInputStream(Path.of("/proc/sys", name))) {
            byte[] bytes = new byte[MOST_BYTES];
            int count = in.read(bytes);
            return new String(bytes, 0, Math.max(0, count), StandardCharsets.US_ASCII).strip();
        }
    }
}
