package vmlan.program.selftest;

import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import vmlan.packet.MacAddress;

/// Asks for a DHCP server and a router of IPv6, again and again until both have answered or it is over.
final class Exchange {
    /// How often to ask. Clients of DHCP begin with four seconds (RFC 2131 §4.1), for the sake of a server with
    /// many of them; this one is alone, and has a few seconds.
    private static final long AGAIN_NANOS = TimeUnit.SECONDS.toNanos(1);
    /// How much longer to wait for the other answer: a router may take half a second (RFC 4861 §6.2.6).
    private static final long OTHER_NANOS = TimeUnit.SECONDS.toNanos(2);

    /// Made up for each run, in QEMU's range: no guest of vmlan's has it, with all probability.
    private static final long MAC = 0x5254_0000_0000L;

    private final Station station;
    private final Questions questions;
    private Optional<Questions.Offer> offer = Optional.empty();
    private Optional<Questions.Advertisement> advertisement = Optional.empty();
    private int asked;
    private int heard;

    Exchange(Station station, SecureRandom random) {
        this.station = station;
        this.questions = new Questions(new MacAddress(MAC | random.nextInt(1 << 24)), random.nextInt());
    }

    void run(Duration patience) throws IOException, InterruptedException {
        long end = System.nanoTime() + patience.toNanos();
        long again = System.nanoTime();
        while (end - System.nanoTime() > 0 && (offer.isEmpty() || advertisement.isEmpty())) {
            if (again - System.nanoTime() <= 0) {
                ask();
                again = System.nanoTime() + AGAIN_NANOS;
            }
            byte[] frame = station.next(again - end < 0 ? again : end);
            if (frame != null && take(frame)) {
                long other = System.nanoTime() + OTHER_NANOS;
                end = other - end < 0 ? other : end;
            }
        }
    }

    private void ask() throws IOException, InterruptedException {
        asked++;
        if (offer.isEmpty()) {
            station.send(questions.discover());
        }
        if (advertisement.isEmpty()) {
            station.send(questions.solicitation());
        }
    }

    /// @return whether it was the first offer: a router's word alone is no reason to wait less for a DHCP server
    private boolean take(byte[] frame) {
        heard++;
        if (advertisement.isEmpty()) {
            advertisement = questions.advertisement(frame);
        }
        if (offer.isEmpty()) {
            offer = questions.offer(frame);
            return offer.isPresent();
        }
        return false;
    }

    Optional<Questions.Offer> offer() {
        return offer;
    }

    Optional<Questions.Advertisement> advertisement() {
        return advertisement;
    }

    /// How often was asked.
    int asked() {
        return asked;
    }

    /// How many frames came, whatever they are.
    int heard() {
        return heard;
    }
}
