package vmlan.network.change;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import vmlan.packet.IpAddress;

/// What has changed on the host since the last time.
///
/// @param lost addresses that the host had and that are not waited for any more: what is bound to them is dead.
///     Not all that are missing: see [HostWatch]
/// @param sleptNanos how long the host slept, or 0
public record HostChange(HostState before, HostState now, Set<IpAddress> lost, long sleptNanos) {
    /// Of the log: the first few tell what happened.
    private static final int SHOWN = 4;

    public HostChange {
        lost = Set.copyOf(lost);
    }

    public boolean hasSlept() {
        return sleptNanos > 0;
    }

    /// Whether the way out over IPv4 is another one, or was lost or found.
    public boolean hasOtherIpv4Way() {
        return !Objects.equals(before.ipv4(), now.ipv4());
    }

    public boolean hasOtherIpv6Way() {
        return !Objects.equals(before.ipv6(), now.ipv6());
    }

    /// Whether what was under way may be on a way that leads nowhere any more, though its address is still there.
    public boolean makesDoubtful() {
        return hasSlept() || hasOtherIpv4Way() || hasOtherIpv6Way();
    }

    public boolean hasOtherAddresses() {
        return !before.addresses().equals(now.addresses());
    }

    /// Whether connects that wait for an answer in this family may be waiting at the wrong place.
    public boolean concerns(boolean ipv4) {
        boolean otherWay = ipv4 ? hasOtherIpv4Way() : hasOtherIpv6Way();
        return otherWay
                || (hasOtherAddresses()
                        && (before.addresses().stream().anyMatch(has -> has.isIpv4() == ipv4 && isMissing(has))
                                || lost.stream().anyMatch(gone -> gone.isIpv4() == ipv4)));
    }

    private boolean isMissing(IpAddress address) {
        return !now.addresses().contains(address);
    }

    /// For the log; empty when there is nothing to tell but that other routes came or went.
    public String words() {
        List<String> parts = new ArrayList<>();
        if (hasSlept()) {
            parts.add("the host slept for " + duration(sleptNanos));
        }
        if (hasOtherIpv4Way()) {
            parts.add("its way out over IPv4 is " + way(now.ipv4()) + ", was " + way(before.ipv4()));
        }
        if (hasOtherIpv6Way()) {
            parts.add("its way out over IPv6 is " + way(now.ipv6()) + ", was " + way(before.ipv6()));
        }
        addresses(parts, "has", now.addresses(), before.addresses());
        addresses(parts, "has no longer", before.addresses(), now.addresses());
        return String.join("; ", parts);
    }

    private static void addresses(List<String> parts, String verb, Set<IpAddress> some, Set<IpAddress> others) {
        List<String> only = some.stream()
                .filter(address -> !others.contains(address))
                .map(IpAddress::toString)
                .sorted()
                .toList();
        if (!only.isEmpty()) {
            String more = only.size() > SHOWN ? " and " + (only.size() - SHOWN) + " more" : "";
            parts.add("it " + verb + " " + String.join(", ", only.subList(0, Math.min(SHOWN, only.size()))) + more);
        }
    }

    private static String way(HostWay way) {
        return way == null ? "none" : way.toString();
    }

    static String duration(long nanos) {
        long seconds = TimeUnit.NANOSECONDS.toSeconds(nanos);
        if (seconds < 60) {
            return seconds + " s";
        }
        long minutes = seconds / 60;
        return minutes < 60 ? minutes + " min" : minutes / 60 + " h " + minutes % 60 + " min";
    }
}
