package vmlan.host.linux;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// Whether an interface is wireless, or at least hardware.
final class Wireless {
    /// include/uapi/linux/wireless.h: the name of the protocol; wired interfaces do not know it
    private static final long SIOCGIWNAME = 0x8b01;

    private static final Path CLASS_NET = Path.of("/sys/class/net");

    private Wireless() {}

    /// By the question that only wireless interfaces answer, or by /sys: new drivers have left the question behind.
    static boolean is(String ifName, int ifIndex) {
        return answersWireless(ifName)
                || (isInSys(ifName, ifIndex)
                        && (Files.exists(CLASS_NET.resolve(ifName).resolve("phy80211"))
                                || Files.exists(CLASS_NET.resolve(ifName).resolve("wireless"))));
    }

    /// Whether hardware is behind it, by /sys.
    static boolean hasDevice(String ifName, int ifIndex) {
        return isInSys(ifName, ifIndex)
                && Files.exists(CLASS_NET.resolve(ifName).resolve("device"));
    }

    private static boolean answersWireless(String ifName) {
        byte[] name = ifName.getBytes(StandardCharsets.UTF_8);
        int fd = SocketCalls.socket(SocketCalls.AF_INET, SocketCalls.SOCK_DGRAM | SocketCalls.SOCK_CLOEXEC, 0);
        if (fd < 0) {
            return false;
        }
        try (Arena arena = Arena.ofConfined()) {
            // struct iwreq has the name first and is no longer than struct ifreq.
            MemorySegment request = arena.allocate(Tap.IFREQ_BYTES, Long.BYTES);
            MemorySegment.copy(name, 0, request, ValueLayout.JAVA_BYTE, 0, Math.min(name.length, 15));
            return Libc.ioctl(fd, SIOCGIWNAME, request) == 0;
        } finally {
            Libc.close(fd);
        }
    }

    /// /sys shows the namespace that it was mounted in, which may be another one, with other interfaces of this name.
    private static boolean isInSys(String ifName, int ifIndex) {
        try {
            return Files.readString(CLASS_NET.resolve(ifName).resolve("ifindex"))
                    .strip()
                    .equals(Integer.toString(ifIndex));
        } catch (IOException e) {
            return false;
        }
    }
}
