package vmlan.network.tcp.transfer;

import java.nio.ByteBuffer;
import java.util.function.LongSupplier;
import vmlan.network.outside.OutsideStream;
import vmlan.network.outside.StreamEvents;

/// A stream of the host's without a host: an [Application] stands right behind it.
public final class MemoryStream implements OutsideStream {
    private enum State {
        OPEN,
        CLOSED,
        RESET
    }

    private final Application application;
    private final LongSupplier clock;
    private StreamEvents events;
    private boolean watchesReadable;
    private boolean watchesWritable;
    private State state = State.OPEN;

    public MemoryStream(Application application, LongSupplier clock) {
        this.application = application;
        this.clock = clock;
    }

    /// Whom to tell; before that nobody is told.
    public void events(StreamEvents told) {
        events = told;
    }

    public Application application() {
        return application;
    }

    @Override
    public int read(ByteBuffer buffer) {
        if (state != State.OPEN) {
            application.fail("was read when it was " + state);
            return BROKEN;
        }
        long now = clock.getAsLong();
        int count = Math.min(buffer.remaining(), application.wantsToSend(now));
        if (count > 0) {
            ByteBuffer part = buffer.slice(buffer.position(), count);
            application.next(part);
            application.sent(count, now);
            buffer.position(buffer.position() + count);
            return count;
        }
        if (application.wantsToEnd()) {
            application.outputEnded();
        }
        return application.hasOutputEnded() && buffer.hasRemaining() ? END : 0;
    }

    @Override
    public int write(ByteBuffer buffer) {
        if (state != State.OPEN) {
            application.fail("was written to when it was " + state);
            return BROKEN;
        }
        long now = clock.getAsLong();
        int count = Math.min(buffer.remaining(), application.wantsToReceive(now));
        if (count > 0) {
            application.received(buffer.slice(buffer.position(), count), now);
            buffer.position(buffer.position() + count);
        }
        return count;
    }

    @Override
    public void watch(boolean readable, boolean writable) {
        if (state != State.OPEN) {
            application.fail("was watched when it was " + state);
        }
        watchesReadable = readable;
        watchesWritable = writable;
    }

    @Override
    public void shutdownOutput() {
        if (state != State.OPEN) {
            application.fail("was shut down when it was " + state);
        } else {
            application.inputEnded();
        }
    }

    @Override
    public void close() {
        if (state == State.OPEN && !application.hasInputEnded()) {
            application.inputEnded();
        }
        end(State.CLOSED);
    }

    @Override
    public void reset() {
        end(State.RESET);
    }

    private void end(State how) {
        if (state != State.OPEN) {
            application.fail("was ended when it was " + state);
        }
        if (!application.isDone()) {
            application.fail("was " + how + " too early");
        }
        state = how;
        watchesReadable = false;
        watchesWritable = false;
    }

    public boolean isOpen() {
        return state == State.OPEN;
    }

    /// Tells what is to be told now.
    ///
    /// @return whether there was something
    public boolean tell(long now) {
        boolean told = false;
        if (watchesReadable && isReadable(now)) {
            events.readable(now);
            told = true;
        }
        if (watchesWritable && application.wantsToReceive(now) > 0) {
            events.writable(now);
            told = true;
        }
        return told;
    }

    /// Whether [#tell] would tell something.
    public boolean hasNews(long now) {
        return (watchesReadable && isReadable(now)) || (watchesWritable && application.wantsToReceive(now) > 0);
    }

    private boolean isReadable(long now) {
        return application.wantsToSend(now) > 0 || application.wantsToEnd() || application.hasOutputEnded();
    }

    public long nanosToWake(long now) {
        if (!isOpen()) {
            return Long.MAX_VALUE;
        }
        return hasNews(now) ? 0 : application.nanosToWake(now);
    }

    @Override
    public String toString() {
        return "stream " + state + (watchesReadable ? " readable?" : "") + (watchesWritable ? " writable?" : "");
    }
}
