package vmlan.host.macos;

import java.lang.foreign.MemorySegment;

/// The keys of vmnet's dictionaries (vmnet.h); NULL where this macOS does not know one yet.
final class Keys {
    final MemorySegment operationMode;
    final MemorySegment sharedInterfaceName;
    final MemorySegment macAddress;
    final MemorySegment allocateMacAddress;
    final MemorySegment mtu;
    final MemorySegment maxPacketSize;
    final MemorySegment interfaceId;
    final MemorySegment startAddress;
    final MemorySegment endAddress;
    final MemorySegment subnetMask;
    final MemorySegment nat66Prefix;
    final MemorySegment networkIdentifier;
    final MemorySegment enableIsolation;
    final MemorySegment readMaxPackets;
    final MemorySegment writeMaxPackets;

    Keys(Symbols symbols) {
        operationMode = symbols.key("vmnet_operation_mode_key");
        sharedInterfaceName = symbols.key("vmnet_shared_interface_name_key");
        macAddress = symbols.key("vmnet_mac_address_key");
        allocateMacAddress = symbols.key("vmnet_allocate_mac_address_key");
        mtu = symbols.key("vmnet_mtu_key");
        maxPacketSize = symbols.key("vmnet_max_packet_size_key");
        interfaceId = symbols.key("vmnet_interface_id_key");
        startAddress = symbols.key("vmnet_start_address_key");
        endAddress = symbols.key("vmnet_end_address_key");
        subnetMask = symbols.key("vmnet_subnet_mask_key");
        nat66Prefix = symbols.key("vmnet_nat66_prefix_key");
        networkIdentifier = symbols.key("vmnet_network_identifier_key");
        enableIsolation = symbols.key("vmnet_enable_isolation_key");
        readMaxPackets = symbols.key("vmnet_read_max_packets_key");
        writeMaxPackets = symbols.key("vmnet_write_max_packets_key");
    }

    static boolean isKnown(MemorySegment key) {
        return key.address() != 0;
    }
}
