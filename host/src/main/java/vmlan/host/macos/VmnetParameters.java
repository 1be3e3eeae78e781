package vmlan.host.macos;

import java.lang.foreign.MemorySegment;
import java.util.UUID;
import vmlan.network.Frames;

/// What vmnet said of an interface when it had started; what it did not say is null.
///
/// @param mac that it suggests; guests may have others
/// @param mtu of the interface
/// @param maxPacketSize the longest frame, with its header
/// @param startAddress the host's own, and the guests' gateway
/// @param endAddress the last of DHCP's
/// @param readMaxPackets how many packets one read may ask for
/// @param writeMaxPackets how many packets one write may have
public record VmnetParameters(
        String mac,
        int mtu,
        int maxPacketSize,
        String startAddress,
        String endAddress,
        String subnetMask,
        String nat66Prefix,
        UUID interfaceId,
        int readMaxPackets,
        int writeMaxPackets) {
    private static final int DEFAULT_MTU = 1500;
    private static final int ETHERNET_HEADER = 14;
    /// Where vmnet does not say: "up to 200 packets and 256 KiB" at once
    /// (developer.apple.com/documentation/vmnet).
    private static final int DEFAULT_MAX_PACKETS = 200;

    private static final int MOST_PACKETS = 65_536;

    /// @param dictionary 0 where vmnet gave none
    static VmnetParameters of(VmnetFramework framework, VmnetSettings settings, long dictionary) {
        int wantedMtu = settings.mtu() == null ? DEFAULT_MTU : settings.mtu();
        if (dictionary == 0) {
            return new VmnetParameters(
                    null,
                    wantedMtu,
                    wantedMtu + ETHERNET_HEADER,
                    null,
                    null,
                    null,
                    null,
                    null,
                    DEFAULT_MAX_PACKETS,
                    DEFAULT_MAX_PACKETS);
        }
        MemorySegment object = MemorySegment.ofAddress(dictionary);
        Xpc xpc = framework.xpc();
        Keys keys = framework.keys();
        int mtu = number(xpc.uint64(object, keys.mtu), wantedMtu, Frames.MAX_LENGTH);
        return new VmnetParameters(
                xpc.string(object, keys.macAddress),
                mtu,
                number(xpc.uint64(object, keys.maxPacketSize), mtu + ETHERNET_HEADER, Frames.MAX_LENGTH),
                xpc.string(object, keys.startAddress),
                xpc.string(object, keys.endAddress),
                xpc.string(object, keys.subnetMask),
                xpc.string(object, keys.nat66Prefix),
                xpc.uuid(object, keys.interfaceId),
                number(xpc.uint64(object, keys.readMaxPackets), DEFAULT_MAX_PACKETS, MOST_PACKETS),
                number(xpc.uint64(object, keys.writeMaxPackets), DEFAULT_MAX_PACKETS, MOST_PACKETS));
    }

    private static int number(long said, int otherwise, int most) {
        return said <= 0 ? otherwise : (int) Math.min(said, most);
    }
}
