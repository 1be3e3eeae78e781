package vmlan.network.change;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import vmlan.packet.IpAddress;

/// Makes single changes of the host's addresses and ways out of many looks at them.
///
/// Theory of operation. One event, such as a cable that is pulled, comes as a burst of news: an address goes, routes
/// go with it, others come, a DHCP client adds an address. What is in between means nothing; so it is waited until
/// nothing new was seen for [#QUIET_NANOS], but not longer than [#MOST_NANOS].
///
/// An address that is gone may come back: a laptop that sleeps for a minute, a station between two access points, a
/// DHCP client that is restarted. Connections survive that, in the host's kernel as in ours. So they are given up
/// (the address is *lost*) only when the host has a way out without it, and reconnecting helps; or when it was
/// away for [#AWAY_NANOS].
public final class HostWatch {
    /// Between the messages of one event, systemd-networkd and NetworkManager let some milliseconds pass.
    static final long QUIET_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
    /// A host whose routes flap all the time is looked at all the same.
    static final long MOST_NANOS = TimeUnit.SECONDS.toNanos(1);
    /// Longer than a station takes to associate and ask for its address again, and much less than the quarter of an
    /// hour after which the host's kernel gives a connection up (tcp_retries2).
    static final long AWAY_NANOS = TimeUnit.SECONDS.toNanos(30);
    /// Addresses that are waited for; a host that loses more at once has none of them back.
    static final int MOST_AWAY = 1024;

    /// Null until it was first looked.
    private HostState settled;

    private HostState latest;
    private boolean unsettled;
    private long firstNews;
    private long lastNews;
    private long slept;
    /// Addresses that are missing, and since when.
    private final Map<IpAddress, Long> away = new LinkedHashMap<>();
    /// Whether there are any, and until when the first is waited for.
    private boolean isWaiting;

    private long waitsUntil;

    public HostWatch() {}

    /// How the host was when it last settled; null before the first look.
    public HostState state() {
        return settled;
    }

    /// How the host is now.
    public void look(HostState state, long now) {
        if (settled == null) {
            settled = state;
            latest = state;
            return;
        }
        if (!state.equals(latest)) {
            latest = state;
            news(now);
        }
    }

    /// The host was asleep until now. What else the wake brings is of the same change.
    public void woke(long sleptNanos, long now) {
        slept += sleptNanos;
        news(now);
    }

    private void news(long now) {
        if (!unsettled) {
            unsettled = true;
            firstNews = now;
        }
        lastNews = now;
    }

    /// How long nothing will be due. Asked in each round of the loop, as [#tick] is: neither allocates while nothing
    /// is.
    public long nanosToTick(long now) {
        long wait = unsettled && settled != null ? settles() - now : Long.MAX_VALUE;
        wait = isWaiting ? Math.min(wait, waitsUntil - now) : wait;
        return Math.max(0, wait);
    }

    private long settles() {
        return Math.min(lastNews + QUIET_NANOS, firstNews + MOST_NANOS);
    }

    /// @return what has changed, or null
    public HostChange tick(long now) {
        boolean hasSettled = unsettled && settled != null && settles() - now <= 0;
        if (!hasSettled && !(isWaiting && waitsUntil - now <= 0)) {
            return null;
        }
        HostState before = settled;
        long sleptNow = 0;
        if (hasSettled) {
            unsettled = false;
            settled = latest;
            sleptNow = slept;
            slept = 0;
            missing(before, now);
        }
        Set<IpAddress> lost = lost(now);
        return sleptNow == 0 && lost.isEmpty() && settled.equals(before)
                ? null
                : new HostChange(before, settled, lost, sleptNow);
    }

    private void missing(HostState before, long now) {
        away.keySet().removeAll(settled.addresses());
        for (IpAddress address : before.addresses()) {
            if (!settled.addresses().contains(address) && away.size() < MOST_AWAY) {
                away.putIfAbsent(address, now);
            }
        }
    }

    private Set<IpAddress> lost(long now) {
        Set<IpAddress> lost = new HashSet<>();
        away.forEach((address, since) -> {
            if (settled.wayFor(address) != null || now - since >= AWAY_NANOS) {
                lost.add(address);
            }
        });
        away.keySet().removeAll(lost);
        isWaiting = !away.isEmpty();
        // In the order in which they went.
        waitsUntil = isWaiting ? away.values().iterator().next() + AWAY_NANOS : 0;
        return lost;
    }
}
