package vmlan.tests.lan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import vmlan.program.files.Fields;
import vmlan.tests.real.Installation;
import vmlan.tests.real.Qemus;

/// The conversations of guests that vmlan bridges onto the host's en0, and what vmlan tells about it.
abstract class BridgedConversations extends Conversations {
    private final TestLan.Link link;
    private final Qemus qemu;
    private final String net;
    private final boolean macTranslation;

    BridgedConversations(TestLan.Link link, Qemus qemu, String net, boolean macTranslation) {
        this.link = link;
        this.qemu = qemu;
        this.net = net;
        this.macTranslation = macTranslation;
    }

    @Override
    LanGuests boot() throws Exception {
        LanGuests guests = LanGuests.create(link, qemu);
        guests.start("a", net);
        guests.start("b", net);
        return guests;
    }

    @Test
    void aGuestHasALeaseOfTheSegmentUnderItsOwnMac() throws Exception {
        String address = lan.vmlan().vmlan("ip", "--timeout", "180", "a").good();
        assertThat(address).isEqualTo(a.ipv4()).matches("192\\.168\\.77\\.1[0-9][0-9]");
        lan.lan().awaitLease(" " + a.mac() + " " + address + " ");
        Fields nic = lan.vmlan().vm("a").objects("networks").getFirst();
        assertThat(nic.text("network")).isEqualTo(LanGuests.NETWORK);
        assertThat(nic.text("mac")).isEqualTo(a.mac());
        assertThat(nic.text("ipv4")).isEqualTo(address);
    }

    @Test
    void aGuestHasAnAutoconfiguredAddressOfTheSegment() throws Exception {
        String address = lan.vmlan().vmlan("ip", "-6", "--timeout", "180", "a").good();
        assertThat(address).startsWith(TestLan.PREFIX6);
        assertThat(a.type("ip -6 addr show dev eth0").replaceAll("\\s+", " ")).contains(" " + address + "/");
        assertThat(a.ipv6()).contains("ff:fe").startsWith(TestLan.PREFIX6);
    }

    @Test
    void theRouterKnowsAGuestByTheMacThatTheLinkAllows() throws Exception {
        for (Station.Family family : Station.Family.values()) {
            assertThat(router.ping(a.address(family), 1)).contains(OK);
            assertThat(lan.lan().in(Machine.ROUTER, "ip", "neigh", "show", a.address(family)))
                    .contains("lladdr " + (macTranslation ? Machine.HOST.mac() : a.mac()) + " ");
        }
    }

    /// The host is on the same machine: nothing of its is translated.
    @Test
    void theHostKnowsAGuestByItsOwnMac() throws Exception {
        for (Station.Family family : Station.Family.values()) {
            assertThat(host.ping(a.address(family), 1)).contains(OK);
            assertThat(lan.lan().in(Machine.HOST, "ip", "neigh", "show", a.address(family)))
                    .contains("lladdr " + a.mac() + " ");
        }
    }

    @Test
    void theUplinkIsShownWithItsCounters() throws Exception {
        Fields uplink = lan.uplink();
        assertThat(uplink.text("interface")).isEqualTo("en0");
        assertThat(uplink.text("mac")).isEqualTo(Machine.HOST.mac());
        assertThat(uplink.flag("running")).isTrue();
        assertThat(uplink.flag("macTranslation")).isEqualTo(macTranslation);
        assertThat(uplink.text("hostPath")).isIn("tcx", "cls_bpf", "cls_bpf-classic", "u32");
        assertThat(uplink.object("rx").number("frames")).isPositive();
        assertThat(uplink.object("tx").number("frames")).isPositive();
        assertThat(lan.show(LanGuests.NETWORK).text("mode")).isEqualTo("bridged");
    }

    /// veth leaves segmentation to hardware that is not there: packets of the router's and of the host's pass en0 in
    /// pieces that no wire would carry (see TestLanTest). The guest must get frames.
    @Test
    void superFramesOfTheLanAndOfTheHostReachTheGuestAsFrames() throws Exception {
        for (MachineStation from : List.of(router, host)) {
            NicCounters nic = NicCounters.of(lan.lan(), Machine.HOST);
            GuestStation.Received guest = a.counted();
            transfer(from, a, Station.Family.IPV4);
            NicCounters passed = NicCounters.of(lan.lan(), Machine.HOST).since(nic);
            assertThat(from.equals(router) ? passed.bytesPerReceived() : passed.bytesPerSent())
                    .as("bytes of a packet at en0, from %s", from)
                    .isGreaterThan(2000);
            assertThat(a.counted().bytesPerFrameSince(guest))
                    .as("bytes of a frame that the guest got from %s", from)
                    .isBetween(1000L, 1514L);
        }
    }

    @Test
    void aGuestThatComesLaterGetsALeaseWhileTheOthersStay() throws Exception {
        lan.start("c", net);
        GuestStation c = lan.ready("c");
        try {
            assertThat(c.ipv4()).startsWith(TestLan.PREFIX4).isNotIn(a.ipv4(), b.ipv4());
            assertThat(c.ping(a.ipv4(), 2)).contains(OK);
            assertThat(router.ping(c.ipv6(), 2)).contains(OK);
        } finally {
            Installation.Result removed = lan.vmlan().vmlan("rm", "--force", "c");
            assertThat(removed.exitCode()).as(removed.err()).isZero();
        }
        assertThat(router.ping(a.ipv4(), 2)).contains(OK);
    }
}
