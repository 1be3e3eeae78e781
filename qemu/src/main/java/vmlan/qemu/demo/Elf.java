package vmlan.qemu.demo;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/// The two questions that we have to an ELF file. 64 bits and little-endian, as all of our architectures are; offsets
/// from elf(5).
final class Elf {
    private static final int MAGIC = 0x464c457f;
    private static final int HEADER_BYTES = 64;
    private static final int PROGRAM_HEADER_BYTES = 56;
    private static final int SECTION_HEADER_BYTES = 64;
    private static final int PT_INTERP = 3;

    private final ByteBuffer bytes;

    private Elf(ByteBuffer bytes) {
        this.bytes = bytes;
    }

    static Elf of(byte[] content) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
        if (content.length < HEADER_BYTES || bytes.getInt(0) != MAGIC || bytes.get(4) != 2 || bytes.get(5) != 1) {
            throw new IOException("not a 64-bit little-endian ELF file");
        }
        return new Elf(bytes);
    }

    /// QEMU's word for the processor that it is for.
    String architecture() {
        return switch (bytes.getShort(18)) {
            case 62 -> "x86_64";
            case 183 -> "aarch64";
            default -> "another";
        };
    }

    /// Whether it runs without a dynamic loader.
    boolean isStatic() throws IOException {
        int count = Short.toUnsignedInt(bytes.getShort(56));
        long table = bytes.getLong(32);
        for (int i = 0; i < count; i++) {
            int header = range(table + (long) i * PROGRAM_HEADER_BYTES, PROGRAM_HEADER_BYTES);
            if (bytes.getInt(header) == PT_INTERP) {
                return false;
            }
        }
        return true;
    }

    /// The modules that a kernel module needs: the `depends=` of its .modinfo, which depmod reads too. A package that
    /// was only unpacked has no modules.dep.
    List<String> dependencies() throws IOException {
        Optional<String> info = section(".modinfo");
        if (info.isEmpty()) {
            throw new IOException("not a kernel module");
        }
        for (String field : info.get().split("\0", -1)) {
            if (field.startsWith("depends=") && field.length() > "depends=".length()) {
                return List.of(
                        field.substring("depends=".length()).replace('-', '_').split(",", -1));
            }
        }
        return List.of();
    }

    private Optional<String> section(String wanted) throws IOException {
        long table = bytes.getLong(40);
        int count = Short.toUnsignedInt(bytes.getShort(60));
        int namesIndex = Short.toUnsignedInt(bytes.getShort(62));
        if (namesIndex >= count) {
            throw new IOException("no names of sections");
        }
        String names = content(table, namesIndex);
        for (int i = 0; i < count; i++) {
            int nameAt = bytes.getInt(range(table + (long) i * SECTION_HEADER_BYTES, SECTION_HEADER_BYTES));
            if (nameAt >= 0 && nameAt < names.length() && names.startsWith(wanted + "\0", nameAt)) {
                return Optional.of(content(table, i));
            }
        }
        return Optional.empty();
    }

    private String content(long table, int index) throws IOException {
        int header = range(table + (long) index * SECTION_HEADER_BYTES, SECTION_HEADER_BYTES);
        long size = bytes.getLong(header + 32);
        int start = range(bytes.getLong(header + 24), size);
        byte[] part = new byte[(int) size];
        bytes.get(start, part);
        return new String(part, StandardCharsets.ISO_8859_1);
    }

    private int range(long start, long length) throws IOException {
        if (start < 0 || length < 0 || start > bytes.limit() || length > bytes.limit() - start) {
            throw new IOException("a part outside of the file");
        }
        return (int) start;
    }
}
