package vmlan.qemu.demo;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/// Kernels as every QEMU since 7.2 loads them.
final class KernelImage {
    /// "zimg" (Linux drivers/firmware/efi/libstub/zboot-header.S).
    private static final int ZBOOT_MAGIC = 0x676d697a;

    private KernelImage() {}

    /// An Arm kernel may come compressed, as a whole or inside of an EFI program that unpacks itself; QEMU reads
    /// the latter since 8.0 (QEMU hw/core/loader.c, unpack_efi_zboot_image). An x86 kernel unpacks itself: 0.3 s
    /// under TCG for the LZ4 of Debian's 6.1; 1 to 2 s for the zstd of its 6.12, with a window that no Java library
    /// at hand can read.
    static byte[] bootable(byte[] image, String architecture) throws IOException {
        if (!architecture.equals("aarch64")) {
            return image;
        }
        ByteBuffer bytes = ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN);
        if (image.length > 64 && image[0] == 'M' && image[1] == 'Z' && bytes.getInt(4) == ZBOOT_MAGIC) {
            int start = bytes.getInt(8);
            int length = bytes.getInt(12);
            if (start < 0 || length < 0 || start > image.length || length > image.length - start) {
                throw new IOException("a damaged kernel image");
            }
            return Compressed.unpack(Arrays.copyOfRange(image, start, start + length), KernelSource.MOST_BYTES);
        }
        return Compressed.unpack(image, KernelSource.MOST_BYTES);
    }
}
