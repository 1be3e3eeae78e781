package vmlan.tests.lan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import vmlan.program.files.Fields;
import vmlan.tests.real.Await;
import vmlan.tests.real.Installation;
import vmlan.tests.real.Qemus;

/// The LAN sends one guest more than it can take.
@EnabledOnOs(OS.LINUX)
@ExtendWith(Evidence.class)
class FloodTest {
    private static final int MEGABYTES = 10;

    /// The emulated processors of both guests, the flood and the network share what this machine has. A queue that the
    /// flood holds would cost more than that: nothing would arrive at all.
    private static final double SLOWER = 10;

    private static final Pattern TIMES = Pattern.compile("= [0-9.]+/([0-9.]+)/");

    @Test
    void doesNotSlowAnotherGuest() throws Exception {
        try (LanGuests lan = LanGuests.create(TestLan.Link.CABLE, Qemus.QEMU_10)) {
            List<GuestStation> guests = lan.guests("bridged:en0", "flooded", "quiet");
            GuestStation flooded = guests.getFirst();
            GuestStation quiet = guests.getLast();
            MachineStation router = lan.station(Machine.ROUTER);
            String sum = router.makeFile(MEGABYTES);
            String address = quiet.ipv4();
            lan.awaitPing(router, address);
            long calmNanos = transfer(router, quiet, sum);

            // 33,000 frames a second are more than an emulated guest takes, and leave the processors some time.
            String shape = "tc qdisc add dev e0 root tbf rate 400mbit burst 200k latency 50ms";
            lan.lan().in(Machine.OTHER, shape.split(" "));
            long before = dropped(lan, flooded);
            Process flood = lan.lan()
                    .start(
                            Machine.OTHER,
                            lan.lan().folder().resolve("flood"),
                            "socat",
                            "-u",
                            "-b1472",
                            "OPEN:/dev/zero",
                            "UDP4-SENDTO:" + flooded.ipv4() + ":9");
            Await.until(
                    "the flooded guest's queue to be full",
                    Installation.LIMIT,
                    () -> dropped(lan, flooded) > before ? Optional.of(true) : Optional.empty(),
                    () -> lan.show(LanGuests.NETWORK).toString());

            String pings = router.ping(address, 20);
            assertThat(pings).contains(Conversations.OK);
            Matcher times = TIMES.matcher(pings);
            assertThat(times.find()).as(pings).isTrue();
            assertThat(Double.parseDouble(times.group(1)))
                    .as("mean milliseconds of a ping to the quiet guest")
                    .isLessThan(500);
            long floodedNanos = transfer(router, quiet, sum);
            System.out.printf(
                    "%d MB in %.1f s, with the flood %.1f s; ping %s ms%n",
                    MEGABYTES, calmNanos / 1e9, floodedNanos / 1e9, times.group(1));
            assertThat(floodedNanos / (double) calmNanos)
                    .as("how much slower the quiet guest's transfer is")
                    .isLessThan(SLOWER);
            assertThat(flood.isAlive()).as("the flood went on").isTrue();

            flood.destroy();
            flood.waitFor();
            lan.awaitPing(router, flooded.ipv4());
        }
    }

    private static long transfer(Station from, Station to, String sum) throws Exception {
        to.listen();
        String address = to.ipv4();
        long start = System.nanoTime();
        from.send(address);
        assertThat(to.received()).isEqualTo(sum);
        return System.nanoTime() - start;
    }

    /// What the port of a guest has dropped, for whatever reason.
    private static long dropped(LanGuests lan, GuestStation guest) throws Exception {
        Fields port = lan.show(LanGuests.NETWORK).objects("ports").stream()
                .filter(candidate -> candidate.optionalText("vm").equals(Optional.of(guest.name())))
                .findFirst()
                .orElseThrow();
        Map<String, Object> drops = port.object("drops").values();
        return drops.values().stream()
                .mapToLong(count -> ((Number) count).longValue())
                .sum();
    }
}
