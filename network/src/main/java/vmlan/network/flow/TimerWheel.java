package vmlan.network.flow;

import java.util.function.ObjLongConsumer;

/// Deadlines of many flows, one each; setting and cancelling takes the same short time however many there are.
///
/// Theory of operation (after Varghese and Lauck, "Hashed and hierarchical timing wheels", 1987, scheme 6). Time
/// has units of [#UNIT_NANOS]; a list for each of the next [#SLOTS] units holds what is due in it. What is due
/// later lies in the last of them and is put elsewhere when its turn comes. A deadline that is put off, as
/// happens with almost every packet, only changes a number: the flow is found at its old place too early, and
/// moved then.
public final class TimerWheel<F extends Timed> {
    /// 4.2 ms: the shortest timer of a protocol here is a delayed acknowledgement of some ten.
    private static final int UNIT_SHIFT = 22;

    static final long UNIT_NANOS = 1L << UNIT_SHIFT;
    /// 4.3 s in all, more than most deadlines.
    static final int SLOTS = 1024;

    /// The end of a list.
    private static final class Anchor extends Timed {
        Anchor() {
            before = this;
            after = this;
        }
    }

    private final Anchor[] slots = new Anchor[SLOTS];
    private final Anchor dueNow = new Anchor();
    /// The unit up to which all is done.
    private long done;

    /// Nothing is due before this; it may be too early.
    private long nextDue = Long.MAX_VALUE;

    private int count;

    public TimerWheel(long now) {
        done = now >> UNIT_SHIFT;
        for (int i = 0; i < SLOTS; i++) {
            slots[i] = new Anchor();
        }
    }

    public int size() {
        return count;
    }

    /// Sets or changes a deadline. One in the past is due in the next [#tick].
    public void set(F flow, long deadline) {
        flow.deadline = deadline;
        if (count == 0 || deadline - nextDue < 0) {
            nextDue = deadline;
        }
        if (flow.isTimed()) {
            if ((deadline >> UNIT_SHIFT) - flow.place >= 0) {
                return;
            }
            unlink(flow);
        } else {
            count++;
        }
        link(flow);
    }

    public void cancel(F flow) {
        if (flow.isTimed()) {
            unlink(flow);
            count--;
        }
    }

    /// How long nothing will be due; 0 when something is, or may be.
    public long nanosToTick(long now) {
        return count == 0 ? Long.MAX_VALUE : Math.max(0, nextDue - now);
    }

    /// Hands over every flow that is due, without a deadline now. The handler may set and cancel any.
    @SuppressWarnings("unchecked") // only flows of this kind were set
    public void tick(long now, ObjLongConsumer<F> handler) {
        if (count == 0 || nextDue - now > 0) {
            return;
        }
        long unit = now >> UNIT_SHIFT;
        // a deadline in the past lies in the unit that was current when it was set
        for (long at = Math.max(done, unit - SLOTS + 1); at <= unit; at++) {
            take(slots[(int) (at & (SLOTS - 1))]);
            done = at;
            while (dueNow.after != dueNow) {
                F flow = (F) dueNow.after;
                unlink(flow);
                if (flow.deadline - now > 0) {
                    link(flow);
                } else {
                    count--;
                    handler.accept(flow, now);
                }
            }
        }
        findNext();
    }

    /// Moves a list to [#dueNow], so that what the handler sets does not come up again in this round.
    private void take(Anchor slot) {
        if (slot.after != slot) {
            dueNow.after = slot.after;
            dueNow.before = slot.before;
            dueNow.after.before = dueNow;
            dueNow.before.after = dueNow;
            slot.after = slot;
            slot.before = slot;
        }
    }

    private void findNext() {
        nextDue = Long.MAX_VALUE;
        for (int i = 0; i < SLOTS && count > 0; i++) {
            Anchor slot = slots[(int) ((done + i) & (SLOTS - 1))];
            if (slot.after != slot) {
                long earliest = slot.after.deadline;
                for (Timed at = slot.after; at != slot; at = at.after) {
                    earliest = at.deadline - earliest < 0 ? at.deadline : earliest;
                }
                // deadlines that were put off still lie here, and later lists may hold earlier ones
                long end = (done + i + 1) << UNIT_SHIFT;
                nextDue = earliest - end < 0 ? earliest : end;
                return;
            }
        }
    }

    private void link(Timed flow) {
        long place = Math.max(done, Math.min(flow.deadline >> UNIT_SHIFT, done + SLOTS - 1));
        Anchor slot = slots[(int) (place & (SLOTS - 1))];
        flow.place = place;
        flow.before = slot.before;
        flow.after = slot;
        slot.before.after = flow;
        slot.before = flow;
    }

    private static void unlink(Timed flow) {
        flow.before.after = flow.after;
        flow.after.before = flow.before;
        flow.before = null;
        flow.after = null;
    }
}
