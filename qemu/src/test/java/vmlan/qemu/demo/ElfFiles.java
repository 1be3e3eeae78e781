package vmlan.qemu.demo;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/// Small ELF files with the parts that [Elf] reads (elf(5)).
final class ElfFiles {
    private static final int HEADER = 64;
    private static final int PROGRAM_HEADER = 56;
    private static final int SECTION_HEADER = 64;

    private ElfFiles() {}

    /// A kernel module with these `depends=`; null: without the field.
    static byte[] module(String depends) {
        byte[] names = "\0.modinfo\0.shstrtab\0".getBytes(StandardCharsets.US_ASCII);
        String info = "license=GPL\0" + (depends == null ? "" : "depends=" + depends + "\0") + "name=x\0";
        byte[] modinfo = info.getBytes(StandardCharsets.US_ASCII);
        int namesAt = HEADER;
        int infoAt = namesAt + names.length;
        int table = infoAt + modinfo.length;
        ByteBuffer file = header(table + 3 * SECTION_HEADER);
        file.putLong(40, table).putShort(60, (short) 3).putShort(62, (short) 2);
        file.put(namesAt, names).put(infoAt, modinfo);
        section(file, table + SECTION_HEADER, 1, infoAt, modinfo.length);
        section(file, table + 2 * SECTION_HEADER, 10, namesAt, names.length);
        return bytes(file);
    }

    static byte[] program(boolean dynamic, int machine) {
        ByteBuffer file = header(HEADER + 2 * PROGRAM_HEADER);
        file.putShort(18, (short) machine).putLong(32, HEADER).putShort(56, (short) 2);
        file.putInt(HEADER, 1).putInt(HEADER + PROGRAM_HEADER, dynamic ? 3 : 4);
        return bytes(file);
    }

    private static byte[] bytes(ByteBuffer file) {
        byte[] bytes = new byte[file.capacity()];
        file.get(0, bytes);
        return bytes;
    }

    private static ByteBuffer header(int size) {
        ByteBuffer file = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        return file.putInt(0, 0x464c457f).put(4, (byte) 2).put(5, (byte) 1);
    }

    private static void section(ByteBuffer file, int at, int name, int start, int size) {
        file.putInt(at, name).putLong(at + 24, start).putLong(at + 32, size);
    }
}
