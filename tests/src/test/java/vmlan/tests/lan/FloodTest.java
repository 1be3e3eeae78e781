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

/// The LAN sends one guest more than it can take. A queue that the flood holds would let nothing through to
/// another one; how much slower that is depends on the machine, whose processors guests, flood and network share,
/// and is told only.
@EnabledOnOs(OS.LINUX)
@ExtendWith(Evidence.class)
class FloodTest {
    private static final int MEGABYTES = 10;

    private static final Pattern ANSWERS = Pattern.compile(" (\\d+)(?: packets)? received");
    private static final Pattern TIMES = Pattern.compile("= [0-9.]+/([0-9.]+)/");

    @Test
    void doesNotKeepAnotherGuestFromTheLan() throws Exception {
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
            // some may be lost where the flood leaves the network's process no processor: its NIC's ring is one for all
            Matcher answers = ANSWERS.matcher(pings);
            assertThat(answers.find()).as(pings).isTrue();
            assertThat(Integer.parseInt(answers.group(1)))
                    .as("answers to 20 pings: " + pings)
                    .isGreaterThanOrEqualTo(10);
            Matcher times = TIMES.matcher(pings);
            assertThat(times.find()).as(pings).isTrue();
            long floodedNanos = transfer(router, quiet, sum);
            System.out.printf(
                    "%d MB in %.1f s, with the flood %.1f s; ping %s ms%n",
                    MEGABYTES, calmNanos / 1e9, floodedNanos / 1e9, times.group(1));
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
