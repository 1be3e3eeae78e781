package vmlan.tests.nat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;
import vmlan.program.files.Fields;
import vmlan.tests.real.Await;

/// The host of a guest, which goes from one LAN to another: from `en0`, as every test here has it, to `en1` and back.
/// What its network's process has seen of that is waited for.
final class MovingHost {
    /// The other LAN (RFC 2544, RFC 3849).
    static final String OTHER4 = "198.19.0.10";

    static final String OTHER6 = "2001:db8:19::10";
    private static final String OTHER_ROUTER4 = "198.19.0.1";
    private static final String OTHER_ROUTER6 = "2001:db8:19::1";

    private final GuestOutside world;

    private MovingHost(GuestOutside world) {
        this.world = world;
    }

    static MovingHost create(GuestOutside world) throws Exception {
        TestInternet internet = world.internet();
        internet.ip(Place.HOST, "link add en1 type veth peer name e1 netns " + internet.namespace(Place.INTERNET));
        internet.ip(Place.INTERNET, "link set e1 up");
        internet.ip(Place.INTERNET, "addr add " + OTHER_ROUTER4 + "/24 dev e1");
        internet.ip(Place.INTERNET, "addr add " + OTHER_ROUTER6 + "/64 dev e1 nodad");
        MovingHost host = new MovingHost(world);
        // The first look has been taken when a change is seen.
        host.toEn1();
        host.toEn0();
        return host;
    }

    /// Wi-Fi is left, and the cable plugged in.
    void toEn1() throws Exception {
        beginMoveToEn1().await();
    }

    /// The same, before the network's process has seen it.
    Move beginMoveToEn1() throws Exception {
        Move move = new Move(log().length(), "en1", OTHER_ROUTER4, OTHER_ROUTER6);
        leave("en0");
        join("en1", OTHER4, OTHER6, OTHER_ROUTER4, OTHER_ROUTER6);
        return move;
    }

    void toEn0() throws Exception {
        Move move = new Move(log().length(), "en0", TestInternet.ROUTER4, TestInternet.ROUTER6);
        leave("en1");
        join("en0", TestInternet.HOST4, TestInternet.HOST6, TestInternet.ROUTER4, TestInternet.ROUTER6);
        move.await();
    }

    void backToEn0() throws Exception {
        if (!world.internet().in(Place.HOST, "ip", "route", "show", "default").contains("dev en0")) {
            toEn0();
        }
    }

    private void leave(String nic) throws Exception {
        world.internet().ip(Place.HOST, "addr flush dev " + nic);
        world.internet().ip(Place.HOST, "link set " + nic + " down");
    }

    private void join(String nic, String ipv4, String ipv6, String router4, String router6) throws Exception {
        TestInternet internet = world.internet();
        internet.ip(Place.HOST, "link set " + nic + " up");
        internet.ip(Place.HOST, "addr add " + ipv4 + "/24 dev " + nic);
        internet.ip(Place.HOST, "route add default via " + router4);
        internet.ip(Place.HOST, "-6 addr add " + ipv6 + "/64 dev " + nic + " nodad");
        internet.ip(Place.HOST, "-6 route add default via " + router6);
    }

    /// What the network's process has told, from the beginning.
    private String log() throws IOException {
        return Files.readString(
                world.network().vmlan().home().resolve("state/networks/" + SharedNetwork.NAME + "/network.log"));
    }

    /// On a busy machine the commands of one move may be seen as two changes, of which only the second is the last:
    /// the log has both.
    final class Move {
        private final int from;
        private final List<String> ways;

        private Move(int from, String nic, String router4, String router6) {
            this.from = from;
            ways = List.of("IPv4 is " + nic + " via " + router4, "IPv6 is " + nic + " via " + router6);
        }

        /// Until the network's process has seen it.
        void await() {
            Await.until(
                    "the changes " + ways,
                    SharedNetwork.LIMIT,
                    () -> Optional.of(log().substring(from))
                            .filter(told -> ways.stream().allMatch(told::contains)),
                    () -> log().substring(from) + show().values());
        }
    }

    /// As `network show` has it, without a command's start each time.
    Fields show() throws Exception {
        return world.network().api("GET", "/v1/network", null);
    }

    Fields changes() throws Exception {
        return show().object("hostChanges");
    }

    void awaitLast(String words) {
        Await.until(
                "the change '" + words + "'",
                SharedNetwork.LIMIT,
                () -> changes().optionalText("last").filter(last -> last.contains(words)),
                () -> show().values().toString());
    }
}
