package vmlan.qemu.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ElfTest {
    @Test
    void aModulesDependenciesAreThoseOfItsModinfo() throws Exception {
        assertThat(Elf.of(ElfFiles.module("virtio-ring,virtio,net_failover")).dependencies())
                .containsExactly("virtio_ring", "virtio", "net_failover");
        assertThat(Elf.of(ElfFiles.module("")).dependencies()).isEmpty();
        assertThat(Elf.of(ElfFiles.module(null)).dependencies()).isEmpty();
    }

    @Test
    void aProgramThatNamesALoaderIsNotStatic() throws Exception {
        assertThat(Elf.of(ElfFiles.program(true, 62)).isStatic()).isFalse();
        assertThat(Elf.of(ElfFiles.program(false, 62)).isStatic()).isTrue();
        assertThat(Elf.of(ElfFiles.program(false, 62)).architecture()).isEqualTo("x86_64");
        assertThat(Elf.of(ElfFiles.program(false, 183)).architecture()).isEqualTo("aarch64");
        assertThat(Elf.of(ElfFiles.program(false, 243)).architecture()).isEqualTo("another");
    }

    @Test
    void whatIsNoElfFileIsAnError() {
        assertThatThrownBy(() -> Elf.of("#!/bin/sh".getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(IOException.class);
        assertThatThrownBy(() -> Elf.of(ElfFiles.program(false, 62)).dependencies())
                .isInstanceOf(IOException.class);
    }

    @Test
    void noBytesThrowAnythingButIOException() {
        long seed = System.nanoTime();
        var random = new Random(seed);
        byte[][] good = {ElfFiles.module("a,b"), ElfFiles.program(true, 62)};
        for (int round = 0; round < 50_000; round++) {
            byte[] bytes = good[round % 2].clone();
            for (int i = random.nextInt(5); i >= 0; i--) {
                int at = random.nextInt(bytes.length);
                bytes[at] = random.nextBoolean() ? (byte) 0xff : (byte) random.nextInt(256);
            }
            byte[] cut = random.nextInt(4) == 0 ? Arrays.copyOf(bytes, random.nextInt(bytes.length)) : bytes;
            assertThatCode(() -> read(cut))
                    .as("seed " + seed + " round " + round)
                    .doesNotThrowAnyException();
        }
    }

    private static void read(byte[] bytes) {
        try {
            Elf elf = Elf.of(bytes);
            assertThat(elf.architecture()).isNotNull();
            elf.isStatic();
            elf.dependencies();
        } catch (IOException expected) {
            assertThat(expected.getMessage()).isNotBlank();
        }
    }
}
