package vmlan.host.macos;

import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vmlan.host.linux.CompilerNumbers;

/// A C compiler, with the simulator's header, which is written from the public sources, agrees with our
/// numbers, sizes and offsets.
class VmnetLayoutTest {
    private static final String HEADERS = """
            #include <stdio.h>
            #include "apple.h"
            """;

    private final CompilerNumbers numbers = new CompilerNumbers();

    private void add(String expression, long value) {
        numbers.add(expression, value);
    }

    @Test
    void theCompilerAgrees(@TempDir Path folder) throws Exception {
        vmnet();
        packets();
        blocks();
        numbers.expectAgreement(folder, HEADERS, "-Wall -Werror -I " + SimulatedMac.SOURCES + " ");
    }

    private void vmnet() {
        for (VmnetStatus status : VmnetStatus.values()) {
            if (status != VmnetStatus.UNKNOWN) {
                add("VMNET_" + status.name(), status.code());
            }
        }
        for (VmnetMode mode : VmnetMode.values()) {
            add("VMNET_" + mode.name().toUpperCase(Locale.ROOT) + "_MODE", mode.code());
        }
        add("VMNET_INTERFACE_PACKETS_AVAILABLE", VmnetCalls.PACKETS_AVAILABLE);
        add("APPLE_IPPROTO_TCP", VmnetCalls.IPPROTO_TCP);
        add("APPLE_IPPROTO_UDP", VmnetCalls.IPPROTO_UDP);
        add("APPLE_AF_INET", VmnetCalls.AF_INET);
        add("APPLE_AF_INET6", VmnetCalls.AF_INET6);
        add("sizeof(vmnet_return_t)", Symbols.INT.byteSize());
        add("sizeof(operating_modes_t)", Symbols.INT.byteSize());
        add("sizeof(interface_event_t)", Symbols.INT.byteSize());
        add("sizeof(interface_ref)", Symbols.LONG.byteSize());
        add("sizeof(xpc_object_t)", Symbols.POINTER.byteSize());
        add("sizeof(size_t)", Symbols.LONG.byteSize());
        add("sizeof(bool)", Symbols.BOOL.byteSize());
        add("sizeof(uint16_t)", Symbols.UINT16.byteSize());
        add("sizeof(uint8_t)", Symbols.UINT8.byteSize());
        add("sizeof(uuid_t)", 16);
        add("sizeof(struct in_addr)", Integer.BYTES);
        add("sizeof(struct in6_addr)", 2 * Long.BYTES);
        add("sizeof(struct ether_addr)", 6);
    }

    private void packets() {
        add("sizeof(struct vmpktdesc)", VmnetCalls.PACKET_BYTES);
        add("offsetof(struct vmpktdesc, vm_pkt_size)", VmnetCalls.PACKET_SIZE);
        add("offsetof(struct vmpktdesc, vm_pkt_iov)", VmnetCalls.PACKET_IOV);
        add("offsetof(struct vmpktdesc, vm_pkt_iovcnt)", VmnetCalls.PACKET_IOV_COUNT);
        add("offsetof(struct vmpktdesc, vm_flags)", VmnetCalls.PACKET_FLAGS);
        add("sizeof(((struct vmpktdesc *)0)->vm_pkt_size)", Symbols.LONG.byteSize());
        add("sizeof(((struct vmpktdesc *)0)->vm_flags)", Symbols.INT.byteSize());
        add("sizeof(struct iovec)", VmnetCalls.IOV_BYTES);
        add("offsetof(struct iovec, iov_base)", VmnetCalls.IOV_BASE);
        add("offsetof(struct iovec, iov_len)", VmnetCalls.IOV_LEN);
    }

    private void blocks() {
        add("offsetof(struct Block_literal_1, isa)", Blocks.ISA);
        add("offsetof(struct Block_literal_1, flags)", Blocks.FLAGS);
        add("sizeof(((struct Block_literal_1 *)0)->flags)", Symbols.INT.byteSize());
        add("offsetof(struct Block_literal_1, invoke)", Blocks.INVOKE);
        add("offsetof(struct Block_literal_1, descriptor)", Blocks.DESCRIPTOR);
        add("sizeof(struct Block_literal_1)", Blocks.CAPTURED);
        add("sizeof(struct Block_literal_1) + sizeof(uint64_t)", Blocks.LITERAL_BYTES);
        add("offsetof(struct Block_descriptor_1, size)", Blocks.DESCRIPTOR_SIZE);
        add(
                "sizeof(struct Block_descriptor_1) + offsetof(struct Block_descriptor_3, signature)",
                Blocks.DESCRIPTOR_SIGNATURE);
        add("sizeof(struct Block_descriptor_1) + sizeof(struct Block_descriptor_3)", Blocks.DESCRIPTOR_BYTES);
        add("BLOCK_HAS_SIGNATURE", Blocks.HAS_SIGNATURE);
    }
}
