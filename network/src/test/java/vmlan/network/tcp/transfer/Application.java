package vmlan.network.tcp.transfer;

import java.nio.ByteBuffer;
import java.util.SplittableRandom;

/// One end of a [Transfer]: sends so many bytes of a pattern, checks so many of another, and pauses now and then in
/// either. It knows no socket: it is asked what it wants and told what happened.
public final class Application {
    private static final long MILLI = 1_000_000;

    /// Either direction: bytes in bursts, pauses between.
    private static final class Pace {
        private final SplittableRandom random;
        private final boolean isSlow;
        private final int burst;
        private final long longPauseAt;
        private long moved;
        private long left;
        private long pausedUntil;
        private boolean isPaused;

        /// @param total bytes that are to move; a long transfer does not pause more often than a short one
        private Pace(SplittableRandom random, long total) {
            this.random = random;
            isSlow = random.nextInt(4) == 0;
            burst = (int) Math.max(1 << random.nextInt(8, 18), total / 100);
            // long enough for a window to close and to be asked for
            longPauseAt = random.nextInt(40) == 0 ? random.nextLong(100_000) : Long.MAX_VALUE;
        }

        private int allowed(long now) {
            if (isPaused && pausedUntil - now > 0) {
                return 0;
            }
            isPaused = false;
            if (left == 0) {
                left = random.nextInt(1, burst + 1);
            }
            return (int) left;
        }

        private void moved(int count, long now) {
            left -= count;
            boolean isLongPause = moved < longPauseAt && moved + count >= longPauseAt;
            moved += count;
            if (isLongPause) {
                isPaused = true;
                pausedUntil = now + random.nextLong(1000, 5000) * MILLI;
            } else if (left == 0 && random.nextInt(isSlow ? 8 : 64) == 0) {
                isPaused = true;
                pausedUntil = now + random.nextLong(1, (isSlow ? 60 : 20) * MILLI);
            }
        }

        private long nanosToWake(long now) {
            return isPaused && pausedUntil - now > 0 ? pausedUntil - now : 0;
        }
    }

    private final String name;
    private final Pattern output;
    private final Pattern input;
    private final long toSend;
    private final long toReceive;
    private final boolean sendsAfterEnd;
    private final boolean endsAfterEnd;
    private final Pace sending;
    private final Pace receiving;
    private long sent;
    private long received;
    private boolean outputEnded;
    private boolean inputEnded;
    private String failure;

    Application(
            String name,
            long outputSeed,
            long inputSeed,
            long toSend,
            long toReceive,
            boolean sendsAfterEnd,
            boolean endsAfterEnd) {
        this.name = name;
        this.toSend = toSend;
        this.toReceive = toReceive;
        this.sendsAfterEnd = sendsAfterEnd;
        this.endsAfterEnd = endsAfterEnd;
        output = new Pattern(outputSeed);
        input = new Pattern(inputSeed);
        SplittableRandom random = new SplittableRandom(outputSeed);
        sending = new Pace(random.split(), toSend);
        receiving = new Pace(random.split(), toReceive);
    }

    /// How many bytes it would send now.
    public int wantsToSend(long now) {
        if (outputEnded || sent == toSend || (sendsAfterEnd && !inputEnded)) {
            return 0;
        }
        return (int) Math.min(sending.allowed(now), toSend - sent);
    }

    /// Fills a buffer with what comes next; [#sent] says how much of that went.
    public void next(ByteBuffer buffer) {
        output.fill(buffer, sent);
    }

    public void sent(int count, long now) {
        sent += count;
        sending.moved(count, now);
    }

    /// Whether it has nothing more to send, and says so now.
    public boolean wantsToEnd() {
        return !outputEnded && sent == toSend && (inputEnded || !(endsAfterEnd || sendsAfterEnd));
    }

    public void outputEnded() {
        outputEnded = true;
    }

    public boolean hasOutputEnded() {
        return outputEnded;
    }

    /// How many bytes it would take now.
    public int wantsToReceive(long now) {
        return receiving.allowed(now);
    }

    /// Takes and checks the bytes from position to limit.
    public void received(ByteBuffer buffer, long now) {
        int count = buffer.remaining();
        long difference = input.difference(buffer, received);
        if (inputEnded) {
            fail("got bytes after the end");
        } else if (difference >= 0) {
            fail("byte " + difference + " is wrong");
        } else if (received + count > toReceive) {
            fail("got more than was sent: " + (received + count));
        }
        received += count;
        receiving.moved(count, now);
    }

    public void inputEnded() {
        if (received != toReceive) {
            fail("the end came after " + received);
        }
        inputEnded = true;
    }

    public boolean hasInputEnded() {
        return inputEnded;
    }

    public void fail(String what) {
        if (failure == null) {
            failure = name + ": " + what;
        }
    }

    /// What went wrong, or null.
    public String failure() {
        return failure;
    }

    /// Whether all has gone and come, both ends too.
    public boolean isDone() {
        return outputEnded && inputEnded;
    }

    /// Until a pause is over; or for ever, when others have to move.
    public long nanosToWake(long now) {
        long send = sending.nanosToWake(now);
        long receive = receiving.nanosToWake(now);
        if (send == 0 || receive == 0) {
            return send + receive == 0 ? Long.MAX_VALUE : send + receive;
        }
        return Math.min(send, receive);
    }

    @Override
    public String toString() {
        return "%s sent %d of %d%s, received %d of %d%s"
                .formatted(
                        name,
                        sent,
                        toSend,
                        outputEnded ? " and the end" : "",
                        received,
                        toReceive,
                        inputEnded ? " and the end" : "");
    }
}
