package vmlan.network.uplink;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import vmlan.network.Switch;
import vmlan.network.SwitchPort;
import vmlan.packet.Ipv4Address;
import vmlan.packet.Ipv6Address;

/// Tells the wire which frames are of use: the first change at once, those that follow once a second.
///
/// Trust: guests make stations and addresses come and go as fast as they like; that costs a list a second. A
/// guest that makes up MAC addresses cannot push out those that belong to ports.
final class WantedFrames {
    /// More VMs than a machine has, and some behind them. Those that are pinned come first.
    static final int MAX_STATIONS = 1024;

    private static final long INTERVAL_NANOS = 1_000_000_000L;

    private final Switch network;
    private final SwitchPort port;
    private final Wire wire;
    private final AddressTable addresses;
    private final boolean translate;
    private long nicMac;
    private long stationChanges;
    private long addressChanges;
    private boolean isNew;
    private long toldNanos;
    private Wire.Wanted told;

    WantedFrames(Switch network, SwitchPort port, Wire wire, AddressTable addresses, boolean translate, long now) {
        this.network = network;
        this.port = port;
        this.wire = wire;
        this.addresses = addresses;
        this.translate = translate;
        toldNanos = now - INTERVAL_NANOS;
    }

    void nic(long mac) {
        isNew |= mac != nicMac;
        nicMac = mac;
    }

    long nanosToTick(long now) {
        return isDue() ? Math.max(0, toldNanos + INTERVAL_NANOS - now) : Long.MAX_VALUE;
    }

    private boolean isDue() {
        boolean isChanged = isNew
                || stationChanges != network.stationChanges()
                || (translate && addressChanges != addresses.found());
        return nicMac != 0 && isChanged;
    }

    void tick(long now) {
        if (nanosToTick(now) > 0) {
            return;
        }
        isNew = false;
        toldNanos = now;
        Wire.Wanted wanted = wanted(now);
        // after the look, which may itself forget what has aged
        stationChanges = network.stationChanges();
        addressChanges = addresses.found();
        if (!wanted.equals(told)) {
            told = wanted;
            wire.want(wanted);
        }
    }

    private Wire.Wanted wanted(long now) {
        List<Long> stations = Arrays.stream(network.stationsBehindOthers(port, MAX_STATIONS, now))
                .sorted()
                .boxed()
                .toList();
        List<Ipv4Address> ipv4 = new ArrayList<>();
        List<Ipv6Address> ipv6 = new ArrayList<>();
        for (int place = 0; translate && place < AddressTable.LIMIT; place++) {
            if (addresses.isTaken(place) && addresses.isIpv4(place)) {
                ipv4.add(new Ipv4Address((int) addresses.low(place)));
            } else if (addresses.isTaken(place)) {
                ipv6.add(new Ipv6Address(addresses.high(place), addresses.low(place)));
            }
        }
        return new Wire.Wanted(nicMac, translate, stations, ipv4, ipv6);
    }
}
