package vmlan.host.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Puts eBPF instructions together; jumps go forward to labels
/// (Documentation/bpf/standardization/instruction-set.rst).
///
/// struct bpf_insn (include/uapi/linux/bpf.h): u8 code, destination and source register in 4 bits each, s16
/// offset, s32 immediate.
final class BpfAssembler {
    static final int INSTRUCTION_BYTES = 8;

    /// Registers: result, arguments, kept over calls, frame pointer.
    static final int R0 = 0;

    static final int R1 = 1;
    static final int R2 = 2;
    static final int R3 = 3;
    static final int R4 = 4;
    static final int R6 = 6;
    static final int R7 = 7;
    static final int R10 = 10;

    /// Sizes of [#load] and [#store]: BPF_W, BPF_H, BPF_DW.
    static final int WORD = 0x00;

    static final int HALF = 0x08;
    static final int DOUBLE = 0x18;

    /// Operations of [#alu32]: BPF_ADD, BPF_MUL, BPF_RSH, BPF_LSH.
    static final int ADD = 0x00;

    static final int MULTIPLY = 0x20;
    static final int SHIFT_LEFT = 0x60;
    static final int SHIFT_RIGHT = 0x70;

    private static final int LDX_MEM = 0x61;
    private static final int STX_MEM = 0x63;
    private static final int ALU32_K = 0x04;
    private static final int ALU32_X = 0x0c;
    private static final int MOV64_K = 0xb7;
    private static final int MOV64_X = 0xbf;
    private static final int ADD64_K = 0x07;
    private static final int ADD64_X = 0x0f;
    private static final int JA = 0x05;
    private static final int JEQ32_K = 0x16;
    private static final int JNE32_K = 0x56;
    private static final int JNE64_X = 0x5d;
    private static final int CALL = 0x85;
    private static final int EXIT = 0x95;
    private static final int LD_IMM64 = 0x18;
    private static final int PSEUDO_MAP_VALUE = 2;

    private record Instruction(int code, int destination, int source, int offset, int immediate, String label) {}

    private final List<Instruction> program = new ArrayList<>();
    private final Map<String, Integer> labels = new HashMap<>();

    private BpfAssembler add(int code, int destination, int source, int offset, int immediate, String label) {
        program.add(new Instruction(code, destination, source, offset, immediate, label));
        return this;
    }

    BpfAssembler label(String name) {
        labels.put(name, program.size());
        return this;
    }

    BpfAssembler load(int size, int destination, int address, int offset) {
        return add(LDX_MEM | size, destination, address, offset, 0, null);
    }

    BpfAssembler store(int size, int address, int offset, int source) {
        return add(STX_MEM | size, address, source, offset, 0, null);
    }

    BpfAssembler move(int destination, int immediate) {
        return add(MOV64_K, destination, 0, 0, immediate, null);
    }

    BpfAssembler moveRegister(int destination, int source) {
        return add(MOV64_X, destination, source, 0, 0, null);
    }

    BpfAssembler add(int destination, int immediate) {
        return add(ADD64_K, destination, 0, 0, immediate, null);
    }

    BpfAssembler addRegister(int destination, int source) {
        return add(ADD64_X, destination, source, 0, 0, null);
    }

    BpfAssembler alu32(int operation, int destination, int immediate) {
        return add(ALU32_K | operation, destination, 0, 0, immediate, null);
    }

    BpfAssembler alu32Register(int operation, int destination, int source) {
        return add(ALU32_X | operation, destination, source, 0, 0, null);
    }

    BpfAssembler jump(String label) {
        return add(JA, 0, 0, 0, 0, label);
    }

    /// Compares the low 32 bits.
    BpfAssembler jumpIfEqual(int register, int immediate, String label) {
        return add(JEQ32_K, register, 0, 0, immediate, label);
    }

    /// Compares the low 32 bits.
    BpfAssembler jumpIfNot(int register, int immediate, String label) {
        return add(JNE32_K, register, 0, 0, immediate, label);
    }

    /// Compares all 64 bits.
    BpfAssembler jumpIfDifferent(int register, int other, String label) {
        return add(JNE64_X, register, other, 0, 0, label);
    }

    BpfAssembler call(int helper) {
        return add(CALL, 0, 0, 0, helper, null);
    }

    BpfAssembler exit() {
        return add(EXIT, 0, 0, 0, 0, null);
    }

    /// The address of a byte in an array map's first value: an instruction that takes two places.
    BpfAssembler mapValue(int destination, int mapFd, int offset) {
        add(LD_IMM64, destination, PSEUDO_MAP_VALUE, 0, mapFd, null);
        return add(0, 0, 0, 0, offset, null);
    }

    int length() {
        return program.size();
    }

    MemorySegment encode(Arena arena) {
        MemorySegment bytes = arena.allocate((long) INSTRUCTION_BYTES * program.size(), Long.BYTES);
        for (int i = 0; i < program.size(); i++) {
            Instruction instruction = program.get(i);
            long at = (long) INSTRUCTION_BYTES * i;
            int offset = instruction.label == null ? instruction.offset : labels.get(instruction.label) - i - 1;
            bytes.set(ValueLayout.JAVA_BYTE, at, (byte) instruction.code);
            bytes.set(ValueLayout.JAVA_BYTE, at + 1, (byte) ((instruction.source << 4) | instruction.destination));
            bytes.set(ValueLayout.JAVA_SHORT, at + 2, (short) offset);
            bytes.set(ValueLayout.JAVA_INT, at + 4, instruction.immediate);
        }
        return bytes;
    }
}
