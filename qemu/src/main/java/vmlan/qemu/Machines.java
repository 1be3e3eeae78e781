package vmlan.qemu;

import java.util.List;

/// Kinds of machines that a QEMU from 7.2 on has a program for, qemu-system-NAME (configs/targets of its sources).
public final class Machines {
    public static final List<String> NAMES = List.of(
            "aarch64",
            "alpha",
            "arm",
            "avr",
            "cris",
            "hppa",
            "i386",
            "loongarch64",
            "m68k",
            "microblaze",
            "microblazeel",
            "mips",
            "mips64",
            "mips64el",
            "mipsel",
            "nios2",
            "or1k",
            "ppc",
            "ppc64",
            "riscv32",
            "riscv64",
            "rx",
            "s390x",
            "sh4",
            "sh4eb",
            "sparc",
            "sparc64",
            "tricore",
            "x86_64",
            "xtensa",
            "xtensaeb");

    private Machines() {}
}
