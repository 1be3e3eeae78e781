package vmlan.tests.real;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// VMs with a disk of the user's own. The disk here holds a boot sector that says a word by the BIOS, which
/// comes out on the serial console.
class DiskTest {
    private static final String WORD = "the disk boots";
    private static final int SECTOR = 512;

    @TempDir
    private Path folder;

    /// PC boot sector, loaded at 0000:7c00: prints the text behind it with int 10h, function 0eh, then halts.
    private Path rawDisk(String name) throws Exception {
        byte[] code = {
            (byte) 0xfb, // sti: the BIOS sends its last character from the timer's interrupt
            (byte) 0x31,
            (byte) 0xc0, // xor ax,ax
            (byte) 0x8e,
            (byte) 0xd8, // mov ds,ax
            (byte) 0xbe,
            0x1a,
            0x7c, // mov si,text
            (byte) 0xac, // next: lodsb
            (byte) 0x08,
            (byte) 0xc0, // or al,al
            0x74,
            0x09, // jz halt
            (byte) 0xb4,
            0x0e, // mov ah,0eh
            (byte) 0xbb,
            0x07,
            0x00, // mov bx,7
            (byte) 0xcd,
            0x10, // int 10h
            (byte) 0xeb,
            (byte) 0xf2, // jmp next
            (byte) 0xf4, // halt: hlt
            (byte) 0xeb,
            (byte) 0xfd, // jmp halt
            (byte) 0x90
        };
        byte[] text = (WORD + "\r\n\0").getBytes(StandardCharsets.US_ASCII);
        byte[] disk = new byte[1 << 20];
        System.arraycopy(code, 0, disk, 0, code.length);
        System.arraycopy(text, 0, disk, code.length, text.length);
        disk[SECTOR - 2] = 0x55;
        disk[SECTOR - 1] = (byte) 0xaa;
        return Files.write(folder.resolve(name), disk);
    }

    @ParameterizedTest
    @EnumSource(Qemus.class)
    void aVmIsCalledAfterItsDiskAndBootsFromIt(Qemus qemu) throws Exception {
        Path disk = rawDisk("My Disk, the first.raw");
        try (Installation vmlan = Installation.create(qemu)) {
            String name = vmlan.vmlan("run", "-d", "--net", "private", "--net", "user", disk.toString())
                    .good();
            assertThat(name).isEqualTo("my-disk-the-first");
            vmlan.awaitConsole(name, WORD);
            assertThat(vmlan.vm(name).objects("networks"))
                    .singleElement()
                    .satisfies(nic -> assertThat(nic.text("network")).isEqualTo("private"));
            vmlan.vmlan("stop", "--force", name).good();
            assertThat(vmlan.vmlan("run", "-d", "--name", name).bad(2))
                    .as("without its disk it would be another VM")
                    .contains("is another")
                    .contains("vmlan run --name " + name);
            assertThat(vmlan.vmlan("run", "-d", disk.toString()).good())
                    .as("the same VM again")
                    .isEqualTo(name);
        }
        assertThat(disk).as("rm leaves the disk").exists();
    }

    @Test
    void aGuestThatWritesAnotherFormatIntoItsRawDiskIsStillReadAsRaw() throws Exception {
        Path disk = rawDisk("sly.raw");
        try (Installation vmlan = Installation.create(Qemus.QEMU_10)) {
            vmlan.vmlan("run", "-d", disk.toString()).good();
            vmlan.vmlan("stop", "--force", "sly").good();
            try (RandomAccessFile file = new RandomAccessFile(disk.toFile(), "rw")) {
                file.write(new byte[] {'Q', 'F', 'I', (byte) 0xfb, 0, 0, 0, 3});
            }
            vmlan.vmlan("run", "-d", disk.toString()).good();
            String log = vmlan.vmlan("logs", "--qemu", "sly").good();
            assertThat(log.split("format=raw", -1)).as("both starts").hasSize(3);
            assertThat(log).doesNotContain("format=qcow2");
        }
    }
}
