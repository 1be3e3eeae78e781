package vmlan.tests.lan;

import java.io.IOException;

/// Guests that are on the LAN without vmlan's networks: each on a tap of the bridge, as a machine of its own.
final class TapGuests {
    private TapGuests() {}

    static void start(LanGuests guests, String name) throws IOException, InterruptedException {
        String tap = "t-" + name;
        TestLan lan = guests.lan();
        Words.of("ip", "-n", lan.namespace(Machine.LAN), "tuntap", "add", "dev", tap, "mode", "tap")
                .good();
        lan.ip(Machine.LAN, "link set " + tap + " master br0 up");
        String mac = "52:54:00:00:77:%02x".formatted(name.hashCode() & 0xff);
        guests.start(
                name,
                "none",
                "-netdev",
                "tap,id=lan,ifname=" + tap + ",script=no,downscript=no",
                "-device",
                "virtio-net-pci,netdev=lan,mac=" + mac);
    }
}
