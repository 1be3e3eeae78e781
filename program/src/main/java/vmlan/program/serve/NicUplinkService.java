package vmlan.program.serve;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import vmlan.host.EventLoop;
import vmlan.host.FrameReceiver;
import vmlan.host.linux.NicDevice;
import vmlan.host.linux.NicList;
import vmlan.host.linux.NicMonitor;
import vmlan.host.linux.NicState;
import vmlan.host.linux.OpenedNic;
import vmlan.host.linux.RedirectKind;
import vmlan.network.DropReason;
import vmlan.network.Switch;
import vmlan.network.change.HostChange;
import vmlan.network.change.HostState;
import vmlan.network.change.HostWay;
import vmlan.network.change.LanWatch;
import vmlan.network.gateway.Neighbour;
import vmlan.network.uplink.Uplink;
import vmlan.packet.MacAddress;

/// A NIC of the host as the network's uplink: the device with its frames, the monitor that tells what becomes of the
/// NIC, and the addresses that guests show on the way.
///
/// A NIC that is unplugged and comes back has another index. The packet socket is bound to it again, for which no
/// rights are needed; the way to the host went with the old one, and takes rights to open. Then the process asks to be
/// started anew by who opened its devices, and where that is gone says what to type.
final class NicUplinkService extends UplinkService {
    /// Wi-Fi drivers send link messages for scans, too.
    private static final String NO_LINK = " has no link";
    private static final long ANNOUNCE_EVERY_NANOS = TimeUnit.SECONDS.toNanos(5);
    /// A nap in which no table of the LAN has aged.
    private static final long SHORT_SLEEP_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final String name;
    private final OpenedNic nic;
    private final Switch network;
    private final EventLoop loop;
    private final NetworkLog log;
    private final Owner owner;
    private final NicDevice device;
    private final NicMonitor monitor;
    private final Uplink uplink;
    private final FaultLog faults;
    private final LanWatch lan;
    /// Who opened the devices: the shell of setup/open-network.sh.
    private final long openerPid = parentPid();

    private int boundIndex;
    /// Until the monitor says otherwise: guests' links are up when they start.
    private boolean running = true;
    private boolean hostPathLost;
    /// The device can be read no longer.
    private boolean isDeaf;

    private long announcedNanos;
    private MacAddress mac;
    private int mtu = NetworkSettings.MTU;

    /// @param name the network's
    NicUplinkService(
            String name,
            OpenedNic nic,
            Collection<Neighbour> known,
            Switch network,
            EventLoop loop,
            NetworkLog log,
            Owner owner)
            throws IOException {
        super(known, loop.now());
        this.name = name;
        this.nic = nic;
        this.network = network;
        this.loop = loop;
        this.log = log;
        this.owner = owner;
        device = new NicDevice(loop, nic, new Receiver());
        uplink = new Uplink(network, device, addresses(), nic.translated(), loop.now());
        faults = new FaultLog("uplink", uplink.port(), log);
        lan = new LanWatch(nic.ifName());
        boundIndex = nic.ifIndex();
        // The monitor's first word comes later than the first VM may, which has to be told.
        NicList.read().stream()
                .filter(each -> each.index() == nic.ifIndex())
                .findFirst()
                .ifPresent(each -> mtu = each.mtu());
        device.start();
        monitor = new NicMonitor(loop, nic.ifName(), this::changed, e -> log.failure(nic.ifName(), e));
        monitor.start();
        log.accept(nic.ifName() + ": host and guests reach each other by " + hostPath()
                + (nic.reason().isEmpty() ? "" : ": " + nic.reason())
                + (nic.translated() ? "; MAC addresses are translated" : ""));
    }

    private static long parentPid() {
        return ProcessHandle.current().parent().map(ProcessHandle::pid).orElse(0L);
    }

    /// Takes frames from the device.
    private final class Receiver implements FrameReceiver {
        @Override
        public void received(ByteBuffer buffer, int offset, int length, boolean fromHost, long now) {
            uplink.received(buffer, offset, length, fromHost, now);
        }

        @Override
        public void batchEnd() {
            network.flush();
        }

        @Override
        public void dropped(DropReason reason, long count) {
            uplink.port().drop(reason, count);
        }

        @Override
        public void failed(Exception cause) {
            log.failure(nic.ifName() + ": can be read no longer", cause);
            isDeaf = true;
            running = false;
            owner.linkChanged(false);
        }
    }

    private void changed(NicState state) {
        boolean was = running;
        apply(state);
        // Also when nothing but a message came: it is what a Wi-Fi station's roaming looks like from here.
        if (running && (!was || loop.now() - announcedNanos >= ANNOUNCE_EVERY_NANOS)) {
            announcedNanos = loop.now();
            uplink.announce(announcedNanos);
        }
        network.flush();
        if (was != running) {
            log.accept(nic.ifName() + ": link " + (running ? "up" : "down"));
            owner.linkChanged(running);
        }
    }

    private void apply(NicState state) {
        running = state.present() && state.running() && !isDeaf;
        if (!state.present()) {
            boundIndex = 0;
            return;
        }
        if (state.mac() == null) {
            return;
        }
        if (state.index() != boundIndex) {
            bind(state.index());
        }
        mac = state.mac();
        mtu = state.mtu();
        uplink.nic(state.mac().bits(), state.ipv4(), state.ipv6(), state.mtu(), loop.now());
    }

    private void bind(int index) {
        try {
            device.rebind(index);
            boundIndex = index;
        } catch (IOException e) {
            // It is gone again; the monitor will say when it is back.
            log.accept(nic.ifName() + ": cannot be used: " + e.getMessage());
            return;
        }
        if (index == nic.ifIndex() || nic.redirect() == RedirectKind.NONE) {
            return;
        }
        hostPathLost = true;
        if (openerPid != 0 && parentPid() == openerPid) {
            log.accept(nic.ifName() + ": was replugged; its way to the host is opened anew");
            owner.reopen();
        } else {
            log.accept(nic.ifName() + ": was replugged; " + hostPathReason());
        }
    }

    @Override
    boolean isRunning() {
        return running;
    }

    @Override
    int mtu() {
        return mtu;
    }

    @Override
    List<String> notes(List<HostChanges.Warning> warnings) {
        List<String> notes = new ArrayList<>();
        if (hostPathLost || nic.redirect() == RedirectKind.NONE) {
            notes.add("this host and the VM do not reach each other, the LAN and the VM do: " + hostPathReason());
        }
        boolean isWarned = warnings.stream().anyMatch(warning -> warning.what().startsWith(nic.ifName() + NO_LINK));
        if (!running && !isWarned) {
            notes.add(nic.ifName() + NO_LINK + " now, so neither has the VM");
        }
        return notes;
    }

    private String hostPath() {
        return HostNics.hostPath(hostPathLost ? RedirectKind.NONE : nic.redirect());
    }

    private String hostPathReason() {
        return hostPathLost ? nic.ifName() + " was replugged; type: sudo vmlan network start " + name : nic.reason();
    }

    @Override
    public long round(long now) {
        uplink.tick(now);
        return uplink.nanosToTick(now);
    }

    @Override
    public void resume(long now) {
        uplink.announce(now);
    }

    /// Guests keep the NIC that their network is named after, also when the host goes out by another. What they
    /// need to know is whether their LAN is another one, or may be: then their links go down and come up, which
    /// makes them ask.
    @Override
    public int hostChanged(HostChange change, long now) {
        boolean hasMoved = lan.hasMoved(change.before());
        hasMoved = lan.hasMoved(change.now()) || hasMoved;
        if (running && (hasMoved || change.sleptNanos() >= SHORT_SLEEP_NANOS)) {
            log.accept(nic.ifName() + ": guests' links go down for a moment, since "
                    + (hasMoved ? "it is on another LAN" : "the host was asleep"));
            owner.renewLinks();
            uplink.announce(now);
        }
        return 0;
    }

    @Override
    public List<HostChanges.Warning> warnings(HostState state) {
        HostWay way = state.ipv4() != null ? state.ipv4() : state.ipv6();
        if (running || way == null || way.ifName().equals(nic.ifName())) {
            return List.of();
        }
        return List.of(new HostChanges.Warning(
                nic.ifName() + NO_LINK + ", and neither have its VMs; this host goes out by " + way.ifName(),
                "give " + nic.ifName() + " its link back, or start the VMs anew with --net bridged:" + way.ifName()));
    }

    @Override
    public void describe(Map<String, Object> json) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("interface", nic.ifName());
        fields.put("mac", mac == null ? null : mac.toString());
        fields.put("mtu", mtu);
        fields.put("running", running);
        fields.put("macTranslation", nic.translated());
        fields.put("hostPath", hostPath());
        fields.put("hostPathReason", hostPathReason());
        fields.put("needsRights", hostPathLost);
        fields.putAll(NetworkReport.counters(uplink.port()));
        json.put("uplink", fields);
    }

    @Override
    public void logFaults() {
        faults.log();
    }

    @Override
    public void close() {
        monitor.close();
        device.close();
    }
}
