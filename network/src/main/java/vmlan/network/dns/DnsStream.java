package vmlan.network.dns;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import vmlan.network.SwitchPort;
import vmlan.network.outside.OutsideError;
import vmlan.network.outside.OutsideStream;
import vmlan.network.outside.StreamEvents;

/// DNS over TCP (RFC 1035 §4.2.2, RFC 7766): queries with their length in front come in, answers go out as they are
/// ready, in any order (RFC 7766 §7).
///
/// What the guest writes is looked at in [#tick] and not before, where the time is known.
final class DnsStream implements OutsideStream {
    /// RFC 7766 §6.2.3: some seconds, as a server does that has better things to hold.
    private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(10);
    /// Two bytes and the longest query.
    private static final int INPUT = 2 + Query.MAX_LENGTH;
    /// Queries that wait for their answers, which have up to 64 KiB each and come whether the guest reads or not;
    /// more are read when these are answered (RFC 7766 §6.2.1.1 wants several).
    private static final int MOST_UNDER_WAY = 4;
    /// Bytes of answers that the guest has not taken; no more queries are read beyond. An answer has up to 64 KiB.
    private static final int MUCH_OUTPUT = 0x1_0000;

    interface Answerer {
        /// The answer comes once, for sure.
        void query(SwitchPort from, byte[] message, long now, DnsStream asker);
    }

    private final SwitchPort from;
    private final StreamEvents events;
    private final Answerer answerer;
    /// Refused from the start when null.
    private final OutsideError refusal;
    private final ByteBuffer input = ByteBuffer.allocate(INPUT);
    private final Deque<ByteBuffer> output = new ArrayDeque<>();

    private boolean told;
    private boolean closed;
    private boolean broken;
    private boolean cut;
    private boolean inputEnded;
    /// Idle for long enough: there will be no more answers, unless a query comes before that is known.
    private boolean ended;

    private boolean endTold;
    private boolean wantsReadable;
    private boolean wantsWritable;
    private boolean active = true;
    private long idleSince;
    private int underWay;
    private int outputBytes;

    DnsStream(SwitchPort from, StreamEvents events, Answerer answerer, OutsideError refusal) {
        this.from = from;
        this.events = events;
        this.answerer = answerer;
        this.refusal = refusal;
    }

    SwitchPort from() {
        return from;
    }

    boolean isRefused() {
        return refusal != null;
    }

    /// Nothing more will happen to it.
    boolean isClosed() {
        return closed;
    }

    /// Whether it was ended for what the guest did.
    boolean isCut() {
        return cut;
    }

    @Override
    public int read(ByteBuffer buffer) {
        if (broken || closed) {
            return BROKEN;
        }
        int count = 0;
        while (buffer.hasRemaining() && !output.isEmpty()) {
            ByteBuffer first = output.peek();
            int part = Math.min(first.remaining(), buffer.remaining());
            buffer.put(buffer.position(), first, first.position(), part);
            buffer.position(buffer.position() + part);
            first.position(first.position() + part);
            count += part;
            if (!first.hasRemaining()) {
                output.poll();
            }
        }
        outputBytes -= count;
        active |= count > 0;
        if (count == 0 && isAtEnd()) {
            endTold = true;
            return END;
        }
        return count;
    }

    private boolean isAtEnd() {
        return output.isEmpty() && (ended || (inputEnded && underWay == 0 && !hasMessage()));
    }

    @Override
    public int write(ByteBuffer buffer) {
        if (broken || closed || inputEnded || endTold) {
            // RFC 7766 §6.2.4: who asks while the connection is being closed asks again on another one
            return BROKEN;
        }
        ended = false;
        int count = Math.min(buffer.remaining(), input.remaining());
        input.put(input.position(), buffer, buffer.position(), count);
        input.position(input.position() + count);
        buffer.position(buffer.position() + count);
        active |= count > 0;
        return count;
    }

    @Override
    public void watch(boolean readable, boolean writable) {
        wantsReadable = readable;
        wantsWritable = writable;
    }

    @Override
    public void shutdownOutput() {
        inputEnded = true;
    }

    @Override
    public void close() {
        closed = true;
        output.clear();
    }

    @Override
    public void reset() {
        close();
    }

    void answer(byte[] message) {
        underWay--;
        if (closed || broken) {
            return;
        }
        ByteBuffer framed = ByteBuffer.allocate(2 + message.length);
        framed.putShort((short) message.length).put(message).flip();
        output.add(framed);
        outputBytes += framed.remaining();
        active = true;
    }

    private boolean hasMessage() {
        return input.position() >= 2 && input.position() >= 2 + Short.toUnsignedInt(input.getShort(0));
    }

    private boolean mayTakeMore() {
        return underWay < MOST_UNDER_WAY && outputBytes < MUCH_OUTPUT;
    }

    /// Whether [#tick] has something to do at once.
    boolean hasNews() {
        if (closed) {
            return true;
        }
        return !told
                || (!broken && hasMessage() && mayTakeMore())
                || (wantsReadable && isReadable())
                || (wantsWritable && isWritable());
    }

    private boolean isReadable() {
        return broken || !output.isEmpty() || isAtEnd();
    }

    private boolean isWritable() {
        return broken || input.hasRemaining();
    }

    /// Takes up queries, ends what is idle, tells what there is to tell.
    void tick(long now) {
        if (!told) {
            told = true;
            idleSince = now;
            if (refusal != null) {
                closed = true;
                events.failed(refusal, now);
                return;
            }
            events.connected(now);
        }
        while (!closed && !broken && hasMessage() && mayTakeMore()) {
            takeUp(now);
        }
        watchIdleness(now);
        if (!closed && wantsReadable && isReadable()) {
            events.readable(now);
        }
        if (!closed && wantsWritable && isWritable()) {
            events.writable(now);
        }
    }

    private void takeUp(long now) {
        byte[] message = new byte[Short.toUnsignedInt(input.getShort(0))];
        input.get(2, message);
        input.flip().position(2 + message.length);
        input.compact();
        underWay++;
        active = true;
        answerer.query(from, message, now, this);
    }

    private void watchIdleness(long now) {
        // A longer query than there are, or none.
        if (input.position() >= 2 && !hasMessage()) {
            int length = Short.toUnsignedInt(input.getShort(0));
            if (length > Query.MAX_LENGTH) {
                cutOff();
            }
        }
        if (active || underWay > 0) {
            active = false;
            idleSince = now;
        } else if (idleSince + IDLE_NANOS - now <= 0) {
            idleSince = now;
            if (ended || !output.isEmpty()) {
                // It was told to go, or does not read: it has had its time.
                cutOff();
            } else {
                ended = true;
            }
        }
    }

    /// For what the guest did: it is told as a reset.
    void cutOff() {
        cut |= !broken;
        broken = true;
        output.clear();
        outputBytes = 0;
    }

    long nanosToTick(long now) {
        return hasNews() || active ? 0 : Math.max(0, idleSince + IDLE_NANOS - now);
    }
}
