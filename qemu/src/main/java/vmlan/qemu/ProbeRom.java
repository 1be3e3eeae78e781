package vmlan.qemu;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/// The smallest guest that can show that an accelerator runs guests: firmware of a few instructions that ends the
/// machine. Whoever sees it end knows that the virtual processor ran.
final class ProbeRom {
    /// The least that QEMU takes as a PC's firmware (QEMU hw/i386/x86.c, x86_bios_rom_init: a multiple of 64 KiB).
    private static final int X86_BYTES = 64 * 1024;
    /// isa-debug-exit ends QEMU with (value << 1) | 1 (QEMU hw/misc/debugexit.c).
    private static final int DEBUG_EXIT = 0x10 << 1 | 1;

    private final byte[] image;
    private final List<String> machine;
    private final int exitStatus;

    private ProbeRom(byte[] image, List<String> machine, int exitStatus) {
        this.image = image;
        this.machine = machine;
        this.exitStatus = exitStatus;
    }

    static ProbeRom forArchitecture(String architecture) {
        return architecture.equals("aarch64") ? aarch64() : x86();
    }

    private static ProbeRom x86() {
        return new ProbeRom(
                read("probe-x86_64.rom.txt"),
                List.of("-M", "q35", "-device", "isa-debug-exit,iobase=0xf4,iosize=0x04"),
                DEBUG_EXIT);
    }

    /// `virt` starts its firmware at address 0 in EL1 and answers PSCI by hvc (QEMU hw/arm/virt.c).
    private static ProbeRom aarch64() {
        ByteBuffer code = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
        code.putInt(0x52b08000); // movz w0, #0x8400, lsl #16
        code.putInt(0x72800100); // movk w0, #0x0008: PSCI SYSTEM_OFF (Arm DEN 0022 §5.9)
        code.putInt(0xd4000002); // hvc #0
        code.putInt(0x14000000); // b .
        return new ProbeRom(code.array(), List.of("-M", "virt"), 0);
    }

    /// The listing's bytes at its offsets, hlt everywhere else.
    private static byte[] read(String listing) {
        byte[] image = new byte[X86_BYTES];
        Arrays.fill(image, (byte) 0xf4);
        try (InputStream in = ProbeRom.class.getResourceAsStream(listing)) {
            int at = 0;
            for (String line : new String(in.readAllBytes(), StandardCharsets.US_ASCII)
                    .lines()
                    .toList()) {
                if (line.startsWith("@")) {
                    at = HexFormat.fromHexDigits(line, 1, line.length());
                } else if (!line.startsWith("#") && line.indexOf(';') > 0) {
                    byte[] bytes = HexFormat.ofDelimiter(" ")
                            .parseHex(line.substring(0, line.indexOf(';')).strip());
                    System.arraycopy(bytes, 0, image, at, bytes.length);
                    at += bytes.length;
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return image;
    }

    byte[] image() {
        return image.clone();
    }

    List<String> machine() {
        return machine;
    }

    /// QEMU's, when the guest has run.
    int exitStatus() {
        return exitStatus;
    }

    List<String> commandLine(Path binary, Accelerator accelerator, Path rom) {
        List<String> command = new ArrayList<>(List.of(binary.toString()));
        command.addAll(machine);
        command.addAll(
                List.of("-accel", accelerator.qemuName(), "-cpu", accelerator == Accelerator.TCG ? "max" : "host"));
        command.addAll(List.of("-nodefaults", "-no-user-config", "-no-reboot", "-display", "none", "-m", "64"));
        command.addAll(List.of("-bios", rom.toString()));
        return command;
    }
}
