package vmlan.network.uplink;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import vmlan.network.Recorder;
import vmlan.network.Switch;
import vmlan.network.SwitchPort;
import vmlan.network.gateway.Neighbour;
import vmlan.packet.Ipv4Address;
import vmlan.packet.Ipv6Address;
import vmlan.packet.MacAddress;

class AddressTableTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long A = 0x5254_0000_000aL;
    private static final long B = 0x5254_0000_000bL;
    private static final MacAddress MAC_A = new MacAddress(A);
    private static final MacAddress MAC_B = new MacAddress(B);
    private static final long IP = AddressTable.mapped(0xc0a80114);
    private static final long PREFIX = 0x2001_0db8_0000_0000L;
    private static final long LINK_LOCAL = 0xfe80_0000_0000_0000L;

    private final Switch network = new Switch(1024, 300 * SECOND, 1);
    private final SwitchPort a = new Recorder().connect(network, "a", false).port();
    private final SwitchPort b = new Recorder().connect(network, "b", false).port();
    private AddressTable table = new AddressTable(List.of(), 0, 1);
    /// Close to where it overflows would be: times are compared by difference.
    private long now = 1_700_000_000L * SECOND;

    private void claim(SwitchPort port, long mac, long low) {
        assertThat(table.heard(port, mac, 0, low, true, now)).isTrue();
    }

    private void use(SwitchPort port, long mac, long low) {
        assertThat(table.heard(port, mac, 0, low, false, now)).isTrue();
    }

    private long owner(long low) {
        return table.use(0, low, now);
    }

    private void pass(double seconds) {
        long end = now + (long) (seconds * SECOND);
        while (table.nanosToTick(now) <= end - now) {
            now += table.nanosToTick(now);
            long before = table.nanosToTick(now);
            table.tick(now);
            assertThat(before == 0 && table.nanosToTick(now) == 0)
                    .as("a tick does what is due")
                    .isFalse();
        }
        now = end;
    }

    @Test
    void addressesThatDifferInTheirUpperBitsOnlyDoNotKeepAnotherOneOut() {
        long victim = 0x5054_00ff_fe00_0001L;
        for (int i = 1; i <= 64; i++) {
            table.heard(a, A, PREFIX, victim ^ (long) i << 48, true, now);
        }
        assertThat(table.heard(b, B, PREFIX, victim, true, now)).isTrue();
        assertThat(table.use(PREFIX, victim, now)).isEqualTo(B);
    }

    @Test
    void anAddressThatALiveStationHoldsIsNotTakenOver() {
        claim(a, A, IP);
        now += AddressTable.SILENT_NANOS - 1;
        claim(b, B, IP);
        assertThat(owner(IP)).isEqualTo(A);
        now += 1;
        use(b, B, IP);
        assertThat(owner(IP)).as("only by a claim").isEqualTo(A);
        claim(b, B, IP);
        assertThat(owner(IP)).isEqualTo(B);
        assertThat(table.ipv4Of(MAC_A)).isEmpty();
        assertThat(table.ipv4Of(MAC_B)).contains(Ipv4Address.parse("192.168.1.20"));
        assertThat(table.changes()).as("came, went, came").isEqualTo(3);
    }

    @Test
    void anAddressOfAStationThatIsGoneIsFree() {
        claim(a, A, IP);
        network.disconnect(a);
        use(b, B, IP);
        assertThat(owner(IP)).isEqualTo(B);
        table.forget(MAC_B);
        assertThat(owner(IP)).isEqualTo(AddressTable.NOBODY);
    }

    @Test
    void anAddressThatWasOnlySeenAsSourceGivesWayToAClaim() {
        use(a, A, IP);
        use(b, B, IP);
        assertThat(owner(IP)).as("the latest is as good as the first").isEqualTo(B);
        claim(a, A, IP);
        assertThat(owner(IP)).isEqualTo(A);
        use(b, B, IP);
        assertThat(owner(IP)).isEqualTo(A);
    }

    @Test
    void sourcesFromBehindARoutingGuestAreFoundButNotTakenForItsOwn() {
        claim(a, A, IP);
        now += SECOND;
        use(a, A, AddressTable.mapped(0x0a000001));
        assertThat(owner(AddressTable.mapped(0x0a000001))).isEqualTo(A);
        assertThat(table.ipv4Of(MAC_A)).contains(Ipv4Address.parse("192.168.1.20"));
        assertThat(table.all()).hasSize(1);
    }

    @Test
    void whatNoStationCanHaveIsNotKept() {
        int[] ipv4 = {0, 0x00000001, 0x7f000001, 0xe00000fb, 0xf0000001, -1};
        for (int address : ipv4) {
            claim(a, A, AddressTable.mapped(address));
        }
        table.heard(a, A, 0, 0, true, now);
        table.heard(a, A, 0, 1, true, now);
        table.heard(a, A, 0xff02L << 48, 1, true, now);
        table.tested(a, A, 0xff02L << 48, 1, now);
        table.probed(a, A, 0x7f000001, now);
        table.heard(a, 0, 0, IP, true, now);
        table.heard(a, 0xffff_ffff_ffffL, 0, IP, true, now);
        assertThat(table.count()).isZero();
        assertThat(table.nanosToTick(now)).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void theHostsOwnAddressesAreNobodyElses() {
        claim(a, A, IP);
        table.own(List.of(new Ipv4Address((int) IP)), List.of(new Ipv6Address(PREFIX, 1)));
        assertThat(owner(IP)).isEqualTo(AddressTable.NOBODY);
        assertThat(table.heard(a, A, 0, IP, true, now)).isFalse();
        assertThat(table.heard(a, A, PREFIX, 1, true, now)).isFalse();
        table.tested(a, A, PREFIX, 1, now);
        table.probed(a, A, (int) IP, now);
        assertThat(table.count()).isZero();
        table.own(List.of(), List.of());
        claim(a, A, IP);
    }

    @Test
    void aTestedAddressIsListedWhenNobodyObjects() {
        table.tested(a, A, PREFIX, 1, now);
        assertThat(table.use(PREFIX, 1, now)).as("the answer must reach it").isEqualTo(A);
        pass(1.05);
        assertThat(table.all()).isEmpty();
        assertThat(table.changes()).isZero();
        pass(0.1);
        assertThat(table.ipv6Of(MAC_A)).containsExactly(new Ipv6Address(PREFIX, 1));
        assertThat(table.changes()).isEqualTo(1);
        assertThat(table.hasTests()).isFalse();
    }

    @Test
    void aTestedAddressIsListedAtOnceWhenItIsUsed() {
        table.tested(a, A, PREFIX, 1, now);
        table.heard(a, A, PREFIX, 1, false, now);
        assertThat(table.all()).hasSize(1);
        assertThat(table.hasTests()).isFalse();
    }

    @Test
    void anObjectionEndsATest() {
        table.tested(a, A, PREFIX, 1, now);
        table.objected(A, PREFIX, 1);
        assertThat(table.use(PREFIX, 1, now)).as("its own is none").isEqualTo(A);
        table.objected(B, PREFIX, 1);
        assertThat(table.use(PREFIX, 1, now)).isEqualTo(AddressTable.NOBODY);
        assertThat(table.hasTests()).isFalse();
        table.heard(a, A, PREFIX, 1, true, now);
        table.objected(B, PREFIX, 1);
        assertThat(table.all()).as("not under test").hasSize(1);
        table.tested(a, A, PREFIX, 1, now);
        assertThat(table.all()).as("a guest that started anew").hasSize(1);
        table.objected(B, PREFIX, 1);
        assertThat(table.all()).isEmpty();
    }

    @Test
    void ofTwoThatTestAtATimeNeitherGetsTheAddress() {
        table.tested(a, A, PREFIX, 1, now);
        table.tested(b, B, PREFIX, 1, now);
        pass(2);
        assertThat(table.all()).isEmpty();
    }

    @Test
    void aTestDoesNotTakeAnAddressThatIsHeld() {
        table.heard(a, A, PREFIX, 1, true, now);
        table.tested(b, B, PREFIX, 1, now);
        pass(2);
        assertThat(table.ipv6Of(MAC_A)).hasSize(1);
        assertThat(table.ipv6Of(MAC_B)).isEmpty();
    }

    @Test
    void aProbeIsForgottenUnlessAnAnnouncementFollows() {
        table.probed(a, A, (int) IP, now);
        assertThat(owner(IP)).isEqualTo(A);
        pass(2);
        table.probed(a, A, (int) IP, now);
        pass(2);
        assertThat(owner(IP)).isEqualTo(A);
        assertThat(table.all()).isEmpty();
        pass(1);
        assertThat(owner(IP)).isEqualTo(AddressTable.NOBODY);
        table.probed(a, A, (int) IP, now);
        claim(a, A, IP);
        pass(10);
        assertThat(table.all()).hasSize(1);
        table.probed(b, B, (int) IP, now);
        assertThat(owner(IP)).as("a probe takes nothing").isEqualTo(A);
    }

    @Test
    void anAddressAgesWithoutUseInEitherDirection() {
        claim(a, A, IP);
        pass(3 * 3600);
        assertThat(owner(IP)).as("inbound").isEqualTo(A);
        pass(3 * 3600);
        use(a, A, IP);
        pass(3 * 3600);
        assertThat(table.all()).hasSize(1);
        pass(3600 + 1);
        assertThat(table.all()).isEmpty();
        assertThat(table.count()).isZero();
        assertThat(table.changes()).isEqualTo(2);
    }

    @Test
    void whatWasKnownIsKnownAfterARestart() {
        claim(a, A, IP);
        table.heard(a, A, PREFIX, 7, true, now);
        List<Neighbour> all = table.all();
        assertThat(all).hasSize(2);
        now += 100 * 3600 * SECOND;
        table = new AddressTable(all, now, 2);
        assertThat(table.all()).containsExactlyInAnyOrderElementsOf(all);
        assertThat(table.changes()).isZero();
        assertThat(owner(IP)).isEqualTo(A);
        claim(b, B, IP);
        assertThat(owner(IP)).as("whose port is not back").isEqualTo(B);
        table.heard(b, A, PREFIX, 7, false, now);
        assertThat(table.ipv6Of(MAC_A)).hasSize(1);
    }

    @Test
    void aRecordOfTheFutureAndOneOfNonsenseAreTakenAsFarAsTheyGo() {
        table = new AddressTable(
                List.of(
                        new Neighbour(MAC_A, null, Ipv4Address.parse("192.168.1.20"), now + 5 * SECOND),
                        new Neighbour(MAC_B, null, Ipv4Address.parse("192.168.1.20"), now),
                        new Neighbour(MAC_A, null, Ipv4Address.ANY, now)),
                now,
                1);
        assertThat(table.all()).containsExactly(new Neighbour(MAC_A, null, Ipv4Address.parse("192.168.1.20"), now));
    }

    @Test
    void globalAddressesComeFirstAndLinkLocalOnesLast() {
        table.heard(a, A, LINK_LOCAL, 1, true, now);
        table.heard(a, A, 0xfd00L << 48, 1, true, now);
        table.heard(a, A, PREFIX, 2, true, now);
        table.heard(a, A, PREFIX, 1, true, now);
        assertThat(table.ipv6Of(MAC_A))
                .extracting(Object::toString)
                .containsExactly("2001:db8::1", "2001:db8::2", "fd00::1", "fe80::1");
    }

    @Test
    void theIpv4AddressIsTheOneHeardLast() {
        claim(a, A, IP);
        now += SECOND;
        claim(a, A, IP + 1);
        assertThat(table.ipv4Of(MAC_A)).contains(Ipv4Address.parse("192.168.1.21"));
        now += SECOND;
        use(a, A, IP);
        assertThat(table.ipv4Of(MAC_A)).contains(Ipv4Address.parse("192.168.1.20"));
    }

    @Test
    void aPortReplacesItsOwnOldest() {
        claim(b, B, IP);
        claim(a, A, IP + 1);
        for (int i = 0; i < 1000; i++) {
            now++;
            use(a, i % 2 == 0 ? A : 0x0600_0000_0000L + i, AddressTable.mapped(0x0a000000 + i));
        }
        assertThat(table.count()).isEqualTo(AddressTable.PORT_LIMIT + 1);
        assertThat(owner(IP + 1)).as("a claim outlives what was only seen").isEqualTo(A);
        assertThat(owner(IP)).isEqualTo(B);
        assertThat(owner(AddressTable.mapped(0x0a000000 + 999))).isNotEqualTo(AddressTable.NOBODY);
        for (int i = 0; i < 1000; i++) {
            now++;
            claim(a, A, AddressTable.mapped(0x0b000000 + i));
        }
        assertThat(owner(IP + 1)).isEqualTo(AddressTable.NOBODY);
        assertThat(owner(AddressTable.mapped(0x0b000000 + 999 - 63))).isEqualTo(A);
        assertThat(table.count()).isEqualTo(AddressTable.PORT_LIMIT + 1);
    }

    @Test
    void aStationThatMovesTakesItsAddressesAlongAsItUsesThem() {
        for (int i = 0; i < AddressTable.PORT_LIMIT; i++) {
            claim(a, A, IP + i);
            claim(b, B, IP + 1000 + i);
        }
        now += SECOND;
        claim(b, A, IP);
        assertThat(owner(IP)).isEqualTo(A);
        assertThat(table.count()).isEqualTo(2 * AddressTable.PORT_LIMIT - 1);
        network.disconnect(a);
        SwitchPort c = new Recorder().connect(network, "c", false).port();
        assertThat(c.index()).as("the same small number").isEqualTo(a.index());
        claim(c, 0x0200_0000_0001L, IP + 5000);
        claim(b, B, IP + 1);
        assertThat(owner(IP + 1)).as("of a port that is gone").isEqualTo(B);
        assertThat(owner(IP + 2)).isEqualTo(A);
    }

    @Test
    void inAFullTableNewcomersTakeFromThoseWithMoreThanTheirShareAndFromThoseThatAreGone() {
        List<SwitchPort> ports = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            ports.add(new Recorder().connect(network, "p" + i, false).port());
        }
        for (int i = 0; i < 100; i++) {
            for (int j = 0; j < 100; j++) {
                claim(ports.get(i), 0x0600_0000_0000L + i, AddressTable.mapped(0x0a000000 + i * 256 + j));
            }
        }
        assertThat(table.count()).isLessThanOrEqualTo(AddressTable.LIMIT);
        for (int tries = 0; tries < 10 && owner(IP) == AddressTable.NOBODY; tries++) {
            now += SECOND;
            claim(a, A, IP);
        }
        assertThat(owner(IP)).isEqualTo(A);
        ports.forEach(network::disconnect);
        pass(AddressTable.SILENT_NANOS / 1e9);
        for (int i = 0; i < AddressTable.PORT_LIMIT; i++) {
            claim(b, B, IP + 1 + i);
            assertThat(owner(IP + 1 + i)).isEqualTo(B);
        }
        assertThat(table.count()).isLessThanOrEqualTo(AddressTable.LIMIT);
    }

    @Test
    void theTableFindsWhatAMapFinds() {
        long seed = Long.getLong("vmlan.seed", System.nanoTime());
        SplittableRandom random = new SplittableRandom(seed);
        AddressIndex index = new AddressIndex(256, random.nextLong());
        Map<Long, Integer> model = new HashMap<>();
        List<Integer> free = new ArrayList<>();
        for (int i = 0; i < 256; i++) {
            free.add(i);
        }
        for (int round = 0; round < 100_000; round++) {
            long key = random.nextInt(400);
            String how = "-Dvmlan.seed=%d, round %d".formatted(seed, round);
            assertThat(index.find(key >> 3, key)).as(how).isEqualTo(model.getOrDefault(key, AddressIndex.NONE));
            if (model.containsKey(key)) {
                index.remove(model.get(key));
                free.add(model.remove(key));
            } else if (!free.isEmpty() && index.put(free.getLast(), key >> 3, key)) {
                model.put(key, free.removeLast());
            }
        }
    }
}
