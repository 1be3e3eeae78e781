package vmlan.tests.real;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/// The smallest guest that boots by the BIOS: it says a word, which comes out on the serial console. Before that it
/// may write itself to the second sector of its disk.
final class BootSector {
    static final int SIZE = 512;

    private BootSector() {}

    /// A boot sector, loaded at 0000:7c00 (also by El Torito from a CD-ROM).
    static byte[] of(String word, boolean writes) {
        // sti: the BIOS sends its last character from the timer's interrupt; ds and es 0
        String code = "fb 31c0 8ed8 8ec0";
        if (writes) {
            // int 13h, function 03h: one sector from 0000:7c00 to cylinder 0, head 0, sector 2 of the first disk
            code += "b80103 b90200 ba8000 bb007c cd13";
        }
        int text = 0x7c00 + bytes(code).length + PRINT_BYTES;
        // mov si,text; lodsb; or al,al; jz halt; mov ah,0eh; mov bx,7; int 10h; jmp back; halt: hlt; jmp halt
        code += "be%02x%02x ac 08c0 7409 b40e bb0700 cd10 ebf2 f4 ebfd".formatted(text & 255, text >> 8);
        ByteArrayOutputStream sector = new ByteArrayOutputStream();
        sector.writeBytes(bytes(code));
        sector.writeBytes((word + "\r\n\0").getBytes(StandardCharsets.US_ASCII));
        byte[] whole = new byte[SIZE];
        System.arraycopy(sector.toByteArray(), 0, whole, 0, sector.size());
        whole[SIZE - 2] = 0x55;
        whole[SIZE - 1] = (byte) 0xaa;
        return whole;
    }

    /// How long the code that prints is.
    private static final int PRINT_BYTES = 20;

    private static byte[] bytes(String code) {
        return HexFormat.of().parseHex(code.replace(" ", ""));
    }
}
