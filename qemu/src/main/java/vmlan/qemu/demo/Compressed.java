package vmlan.qemu.demo;

import io.airlift.compress.v3.zstd.ZstdInputStream;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;
import org.tukaani.xz.XZInputStream;

/// The three ways in which distributions compress packages and modules, told apart by their first bytes. Of zstd only
/// windows up to 8 MiB (aircompressor), which is what packages and modules have; x86 kernels have more.
final class Compressed {
    private static final int GZIP = 0x1f8b;
    private static final int XZ = 0xfd37;
    private static final int ZSTD = 0x28b5;

    private Compressed() {}

    /// The content, whatever it was compressed by; as it is when by none of them.
    static InputStream open(InputStream raw) throws IOException {
        var in = new BufferedInputStream(raw, 1 << 16);
        in.mark(2);
        int magic = in.read() << 8 | in.read();
        in.reset();
        return switch (magic) {
            case GZIP -> new GZIPInputStream(in, 1 << 16);
            case XZ -> new XZInputStream(in);
            case ZSTD -> new ZstdInputStream(in);
            default -> in;
        };
    }

    static byte[] unpack(byte[] bytes, int most) throws IOException {
        try (InputStream in = open(new ByteArrayInputStream(bytes))) {
            return read(in, most);
        } catch (RuntimeException e) {
            // aircompressor's way to say so of malformed bytes
            throw new IOException("damaged: " + e.getMessage(), e);
        }
    }

    static byte[] read(InputStream in, int most) throws IOException {
        byte[] content = in.readNBytes(most);
        if (in.read() >= 0) {
            throw new IOException("more than " + most + " bytes");
        }
        return content;
    }
}
