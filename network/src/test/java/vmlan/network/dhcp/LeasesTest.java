package vmlan.network.dhcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import vmlan.packet.Ipv4Address;
import vmlan.packet.Ipv4Prefix;
import vmlan.packet.MacAddress;

class LeasesTest {
    private static final long SECOND = 1_000_000_000L;
    private static final Ipv4Prefix NETWORK = Ipv4Prefix.parse("192.168.64.0/24");
    private long now = 1_000_000 * SECOND;
    private Leases leases = fresh(List.of());

    private static Leases fresh(List<Lease> known) {
        return new Leases(NETWORK, ip(2), ip(254), known);
    }

    private static Ipv4Address ip(int last) {
        return new Ipv4Address(0xc0a84000 | last);
    }

    private static MacAddress mac(int number) {
        return new MacAddress(0x5254_0000_0000L | number);
    }

    /// DISCOVER to ACK; null when there is no address.
    private Ipv4Address lease(int number, String port) {
        Optional<Ipv4Address> offer = leases.offer(mac(number), Optional.empty(), port, 60 * SECOND, now);
        offer.ifPresent(address -> {
            assertThat(leases.claim(mac(number), address, port, now)).isTrue();
            leases.acknowledge(mac(number), Optional.empty(), port, now, now + 3600 * SECOND);
        });
        return offer.orElse(null);
    }

    @Test
    void theSameMacGetsTheSameAddressForEver() {
        assertThat(lease(1, "p1")).isEqualTo(ip(2));
        assertThat(lease(2, "p2")).isEqualTo(ip(3));
        now += 365 * 24 * 3600 * SECOND;
        assertThat(lease(3, "p3")).isEqualTo(ip(4));
        assertThat(lease(1, "p9")).isEqualTo(ip(2));
    }

    @Test
    void itGetsItAlsoAfterARestart() {
        lease(1, "p1");
        lease(2, "p2");
        lease(3, "p3");
        leases = fresh(leases.all());
        assertThat(leases.problems()).isEmpty();
        assertThat(lease(4, "p4")).isEqualTo(ip(5));
        assertThat(lease(3, "p3")).isEqualTo(ip(4));
        assertThat(lease(1, "p1")).isEqualTo(ip(2));
    }

    @Test
    void anOfferIsKeptForItsClientButNotWrittenDown() {
        assertThat(leases.offer(mac(1), Optional.empty(), "p1", 60 * SECOND, now))
                .contains(ip(2));
        assertThat(leases.offer(mac(2), Optional.empty(), "p2", 60 * SECOND, now))
                .contains(ip(3));
        assertThat(leases.offer(mac(1), Optional.empty(), "p1", 60 * SECOND, now))
                .contains(ip(2));
        assertThat(leases.all()).isEmpty();
        assertThat(leases.of(mac(1))).isEmpty();
    }

    @Test
    void whenThePoolIsUsedUpTheLeaseThatExpiredLongestAgoIsGivenAway() {
        leases = new Leases(NETWORK, ip(2), ip(4), List.of());
        lease(1, "p1");
        now += 10 * SECOND;
        lease(2, "p2");
        leases.reserve(mac(3), ip(4), "three");
        now += 10 * SECOND;
        assertThat(lease(4, "p4")).as("none has expired yet").isNull();
        now += 3600 * SECOND;
        lease(1, "p1");
        assertThat(lease(4, "p4")).isEqualTo(ip(3));
        assertThat(leases.of(mac(2))).isEmpty();
        assertThat(lease(3, "p3")).as("reserved").isEqualTo(ip(4));
    }

    @Test
    void aPortThatMakesUpMacsGetsSixteenAndNoMore() {
        for (int i = 0; i < Leases.PORT_LIMIT; i++) {
            assertThat(lease(100 + i, "bad")).isNotNull();
        }
        assertThat(lease(200, "bad")).isNull();
        assertThat(lease(1, "good")).isNotNull();
        now += 3600 * SECOND;
        assertThat(lease(200, "bad")).as("in place of its own oldest").isNotNull();
        assertThat(leases.of(mac(100))).isEmpty();
        assertThat(leases.all()).hasSize(Leases.PORT_LIMIT + 1);
    }

    @Test
    void theNumberOfLeasesIsBoundedInAll() {
        leases = new Leases(
                Ipv4Prefix.parse("10.0.0.0/8"),
                Ipv4Address.parse("10.0.0.2"),
                Ipv4Address.parse("10.255.255.254"),
                List.of());
        for (int i = 0; i < Leases.LIMIT; i++) {
            assertThat(lease(i + 1, "port" + i)).isNotNull();
        }
        assertThat(lease(0x10000, "one more")).isNull();
    }

    @Test
    void aReservedAddressIsNeverGivenToAnother() {
        assertThat(leases.reserve(mac(1), ip(2), "web")).contains(ip(2));
        assertThat(leases.all()).as("it has not asked").isEmpty();
        assertThat(leases.of(mac(1))).isEmpty();
        assertThat(leases.reserved(mac(1))).contains(ip(2));
        assertThat(lease(2, "p2")).isEqualTo(ip(3));
        assertThat(leases.claim(mac(3), ip(2), "p3", now)).isFalse();
        assertThat(leases.offer(mac(4), Optional.of(ip(2)), "p4", SECOND, now)).contains(ip(4));
        assertThat(lease(1, "p1")).isEqualTo(ip(2));
        assertThat(leases.of(mac(1)).orElseThrow().name()).isEqualTo("web");
    }

    @Test
    void aReservationMayLieOutsideOfThePoolAndTakesTheAddressFromWhoeverHasIt() {
        leases = new Leases(NETWORK, ip(100), ip(110), List.of());
        assertThat(leases.reserve(mac(1), ip(7), null)).contains(ip(7));
        assertThat(lease(1, "p1")).isEqualTo(ip(7));
        lease(2, "p2");
        assertThat(leases.reserve(mac(3), ip(100), null)).contains(ip(100));
        assertThat(leases.claim(mac(2), ip(100), "p2", now))
                .as("its renewal is refused")
                .isFalse();
        assertThat(lease(2, "p2")).isEqualTo(ip(101));
    }

    @Test
    void aReservationThatCannotBeKeptSaysWhy() {
        leases.reserve(mac(1), ip(7), "one");
        assertThatThrownBy(() -> leases.reserve(mac(2), ip(7), "two"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("192.168.64.7 is reserved for 52:54:00:00:00:01");
        assertThatThrownBy(() -> leases.reserve(mac(2), Ipv4Address.parse("10.0.0.1"), "two"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("10.0.0.1 is not an address for guests in 192.168.64.0/24");
        assertThatThrownBy(() -> leases.reserve(mac(2), ip(255), "two")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void theGatewaysAddressIsNobodysEvenWithinThePool() {
        leases = new Leases(NETWORK, ip(1), ip(254), List.of(new Lease(mac(9), ip(1), null, now, now)));
        leases.withhold(ip(1));
        assertThat(leases.all()).isEmpty();
        assertThat(leases.problems())
                .containsExactly("lease of 192.168.64.1 for 52:54:00:00:00:09 is of the gateway's address");
        assertThat(lease(1, "p1")).isEqualTo(ip(2));
        assertThat(leases.claim(mac(2), ip(1), "p2", now)).isFalse();
        assertThatThrownBy(() -> leases.reserve(mac(2), ip(1), "two")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aReservationWithoutAddressTakesWhatTheMacHadElseAFreeOne() {
        lease(1, "p1");
        lease(2, "p2");
        assertThat(leases.reserve(mac(2), null, "two")).contains(ip(3));
        assertThat(leases.reserve(mac(3), null, "three")).contains(ip(4));
        leases.reserve(mac(2), ip(9), "two");
        assertThat(lease(2, "p2")).as("moved").isEqualTo(ip(9));
        assertThat(lease(4, "p4")).as("its old address is free").isEqualTo(ip(3));
    }

    @Test
    void aForgottenMacStartsAnew() {
        leases.reserve(mac(1), null, "one");
        lease(1, "p1");
        leases.forget(mac(1));
        assertThat(leases.all()).isEmpty();
        assertThat(lease(2, "p2")).isEqualTo(ip(2));
    }

    @Test
    void namesAreLabelsThatNobodyElseHas() {
        lease(1, "p1");
        leases.acknowledge(mac(1), Optional.of("web"), "p1", now, now);
        lease(2, "p2");
        leases.acknowledge(mac(2), Optional.of("web"), "p2", now, now);
        lease(3, "p3");
        leases.acknowledge(mac(3), Optional.of("gateway"), "p3", now, now);
        assertThat(leases.of(mac(1)).orElseThrow().name()).isEqualTo("web");
        assertThat(leases.of(mac(2)).orElseThrow().name()).isNull();
        assertThat(leases.of(mac(3)).orElseThrow().name()).isNull();
        leases.reserve(mac(4), null, "web");
        assertThat(leases.of(mac(1)).orElseThrow().name())
                .as("the VM's name wins")
                .isNull();
    }

    @Test
    void knownLeasesThatDoNotFitAreListedAndLeftOut() {
        leases = fresh(List.of(
                new Lease(mac(1), ip(2), "one", now, now),
                new Lease(mac(1), ip(3), null, now, now),
                new Lease(mac(2), ip(2), null, now, now),
                new Lease(mac(3), Ipv4Address.parse("192.168.65.2"), null, now, now),
                new Lease(mac(4), ip(255), null, now, now),
                new Lease(MacAddress.BROADCAST, ip(9), null, now, now),
                new Lease(mac(5), ip(5), "NOT A NAME", now, now)));
        assertThat(leases.all())
                .containsExactly(new Lease(mac(1), ip(2), "one", now, now), new Lease(mac(5), ip(5), null, now, now));
        assertThat(leases.problems())
                .containsExactly(
                        "lease of 192.168.64.3 for 52:54:00:00:00:01 is the second of its MAC",
                        "lease of 192.168.64.2 for 52:54:00:00:00:02 is the second of its address",
                        "lease of 192.168.65.2 for 52:54:00:00:00:03 is not of the network 192.168.64.0/24",
                        "lease of 192.168.64.255 for 52:54:00:00:00:04 is not of the network 192.168.64.0/24",
                        "lease of 192.168.64.9 for ff:ff:ff:ff:ff:ff is for a MAC that no station has");
    }

    @Test
    void anAddressThatSomebodyUsesWithoutALeaseIsSetAside() {
        leases.seenInUse(ip(2), mac(9), "p9", now);
        assertThat(lease(1, "p1")).isEqualTo(ip(3));
        assertThat(leases.claim(mac(2), ip(2), "p2", now)).isFalse();
        assertThat(leases.claim(mac(9), ip(2), "p9", now))
                .as("who uses it may have it")
                .isTrue();
    }

    @Test
    void itIsSetAsideForAWhileOnly() {
        leases.seenInUse(ip(2), mac(9), "p9", now);
        now += AddressesInUse.ASIDE_NANOS;
        assertThat(lease(1, "p1")).isEqualTo(ip(2));
    }

    @Test
    void aPortThatClaimsEveryAddressGetsEightSetAside() {
        for (int i = 2; i <= 254; i++) {
            leases.seenInUse(ip(i), mac(9), "bad", now);
        }
        assertThat(lease(1, "p1")).isEqualTo(ip(2 + AddressesInUse.PORT_LIMIT));
    }

    @Test
    void claimsOfManyPortsSetAQuarterOfThePoolAside() {
        for (int i = 2; i <= 254; i++) {
            leases.seenInUse(ip(i), mac(9), "bad" + i, now);
        }
        assertThat(lease(1, "p1")).isEqualTo(ip(2 + 253 / 4));
    }

    @Test
    void aLeasedAddressIsNotTakenAwayByAClaim() {
        lease(1, "p1");
        leases.seenInUse(ip(2), mac(9), "p9", now);
        assertThat(lease(1, "p1")).isEqualTo(ip(2));
    }

    @Test
    void onlyTheHoldersPortMayDeclineOrRelease() {
        lease(1, "p1");
        assertThat(leases.decline(mac(1), ip(2), "p9", now)).isFalse();
        assertThat(leases.release(mac(1), ip(2), "p9", now)).isFalse();
        assertThat(leases.release(mac(1), ip(3), "p1", now)).isFalse();
        assertThat(leases.release(mac(1), ip(2), "p1", now)).isTrue();
        assertThat(leases.of(mac(1)).orElseThrow().expiresNanos()).isEqualTo(now);
    }

    @Test
    void aChangeIsSeen() {
        long before = leases.changes();
        leases.offer(mac(1), Optional.empty(), "p1", SECOND, now);
        assertThat(leases.changes()).as("an offer is not written down").isEqualTo(before);
        lease(1, "p1");
        assertThat(leases.changes()).isGreaterThan(before);
        before = leases.changes();
        leases.forget(mac(1));
        assertThat(leases.changes()).isGreaterThan(before);
    }

    @Test
    void aPoolUpToTheLastAddressOfAllHasAnEnd() {
        leases = new Leases(
                Ipv4Prefix.parse("255.255.255.0/24"),
                Ipv4Address.parse("255.255.255.253"),
                Ipv4Address.parse("255.255.255.254"),
                List.of());
        assertThat(lease(1, "p1")).isNotNull();
        assertThat(lease(2, "p2")).isNotNull();
        assertThat(lease(3, "p3")).isNull();
    }

    private static Map<Ipv4Address, MacAddress> kept(Ipv4Address address, MacAddress mac) {
        return Collections.singletonMap(address, mac);
    }

    @Test
    void anAddressIsKeptForItsOwnerAndForNobodyElse() {
        leases.keep(kept(ip(2), mac(7)));
        assertThat(lease(1, "p1")).isEqualTo(ip(3));
        assertThat(leases.claim(mac(2), ip(2), "p2", now)).isFalse();
        assertThat(leases.offer(mac(3), Optional.of(ip(2)), "p3", 60 * SECOND, now))
                .contains(ip(4));
        assertThatThrownBy(() -> leases.reserve(mac(4), ip(2), "four")).hasMessageContaining("kept for another");
        assertThat(leases.offer(mac(7), Optional.of(ip(99)), "p7", 60 * SECOND, now))
                .as("whatever it asks for")
                .contains(ip(2));
        assertThat(leases.claim(mac(7), ip(99), "p7", now)).isFalse();
        assertThat(leases.claim(mac(7), ip(2), "p7", now)).isTrue();
    }

    @Test
    void anAddressOfAnOwnerWhoIsNotKnownNowIsNobodys() {
        leases = new Leases(NETWORK, ip(2), ip(3), List.of());
        leases.keep(kept(ip(2), null));
        assertThat(lease(1, "p1")).isEqualTo(ip(3));
        now += 7200 * SECOND;
        assertThat(lease(2, "p2")).as("the pool has no more than that").isEqualTo(ip(3));
        leases.keep(kept(ip(2), mac(1)));
        assertThat(lease(1, "p1")).isEqualTo(ip(2));
    }

    @Test
    void aKeptAddressNeedNotBeOfThePool() {
        leases = new Leases(NETWORK, ip(100), ip(110), List.of());
        leases.keep(kept(ip(5), mac(1)));
        assertThat(lease(1, "p1")).isEqualTo(ip(5));
        assertThat(leases.reserve(mac(1), null, "one")).contains(ip(5));
        assertThat(lease(2, "p2")).isEqualTo(ip(100));
    }

    @Test
    void whoHasALeaseOfAnAddressThatIsKeptNowLosesIt() {
        assertThat(lease(1, "p1")).isEqualTo(ip(2));
        assertThat(lease(2, "p2")).isEqualTo(ip(3));
        leases.keep(kept(ip(2), mac(2)));
        assertThat(leases.claim(mac(1), ip(2), "p1", now)).as("renewing").isFalse();
        assertThat(lease(1, "p1")).isEqualTo(ip(3));
        assertThat(leases.claim(mac(2), ip(3), "p2", now)).as("renewing").isFalse();
        assertThat(lease(2, "p2")).isEqualTo(ip(2));
    }

    @Test
    void aVmThatRunsKeepsItsAddressAndItsOwnerWaits() {
        assertThat(leases.reserve(mac(1), null, "one", "one-0")).contains(ip(2));
        assertThat(leases.reserve(mac(2), null, "two", "two-0")).contains(ip(3));
        assertThat(lease(1, "one-0")).isEqualTo(ip(2));
        leases.keep(kept(ip(2), mac(2)));
        assertThat(leases.reserved(mac(1))).contains(ip(2));
        assertThat(leases.reserved(mac(2))).contains(ip(3));
        leases.unreserve(mac(1));
        leases.keep(kept(ip(2), mac(2)));
        assertThat(leases.reserved(mac(2))).as("as soon as it is free").contains(ip(2));
        assertThat(leases.of(mac(1))).isEmpty();
        assertThat(leases.mayAsk(mac(2), "one-0"))
                .as("the VM's port is its own still")
                .isFalse();
    }

    @Test
    void anotherRangeIsForThoseWhoComeAnew() {
        assertThat(lease(1, "p1")).isEqualTo(ip(2));
        leases.range(ip(50), ip(60));
        assertThat(lease(2, "p2")).isEqualTo(ip(50));
        assertThat(lease(1, "p1")).isEqualTo(ip(2));
        assertThatThrownBy(() -> leases.range(ip(9), ip(3))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aRangeMayBeginAtTheGatewaysAddressWhichIsPassedOver() {
        leases.withhold(ip(1));
        leases.range(ip(1), ip(3));
        assertThat(lease(1, "p1")).isEqualTo(ip(2));
        assertThat(lease(2, "p2")).isEqualTo(ip(3));
    }
}
