package vmlan.program.serve;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import vmlan.host.EventLoop;
import vmlan.host.ReadBuffer;
import vmlan.network.Switch;
import vmlan.network.change.HostChange;
import vmlan.network.change.HostState;
import vmlan.network.change.LanWatch;
import vmlan.network.gateway.Neighbour;
import vmlan.network.uplink.SegmentUplink;
import vmlan.program.config.Vmnet;

/// A segment of macOS' as the network's uplink: Apple's shared or host network, or the LAN of a NIC, by vmnet or by a
/// socket_vmnet. The host is on it, and somebody else gives the addresses.
///
/// An interface of vmnet that is over cannot be started anew here, since this process has given up root: it asks to be
/// started anew by who has it, and where that is gone says what to type. A socket_vmnet that was restarted is
/// connected to again.
final class SegmentUplinkService extends UplinkService implements SegmentLink.Listener {
    /// A nap in which no table of the segment has aged.
    private static final long SHORT_SLEEP_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final NetworkSettings settings;
    private final OpenedSegment opened;
    private final NetworkLog log;
    private final Owner owner;
    private final SegmentUplink uplink;
    private final FaultLog faults;
    /// Null where no NIC of the host is part of it.
    private final LanWatch lan;
    private SegmentLink link;
    /// Until the link says otherwise: guests' links are up when they start.
    private boolean running = true;

    private boolean failed;

    SegmentUplinkService(
            NetworkSettings settings,
            OpenedSegment opened,
            Collection<Neighbour> known,
            Switch network,
            EventLoop loop,
            ReadBuffer shared,
            NetworkLog log,
            Owner owner)
            throws IOException {
        super(known, loop.now());
        this.settings = settings;
        this.opened = opened;
        this.log = log;
        this.owner = owner;
        uplink = new SegmentUplink(network, addresses(), port -> {
            link = SegmentLink.of(opened, loop, network, port, shared, this);
            return link;
        });
        faults = new FaultLog("uplink", uplink.port(), log);
        lan = settings.nic() == null ? null : new LanWatch(settings.nic());
        link.start();
    }

    private String where() {
        return settings.nic() == null
                ? opened.via().key()
                : settings.nic() + " by " + opened.via().key();
    }

    @Override
    public void up(String why) {
        log.accept(where() + ": " + why);
        changed(true);
    }

    @Override
    public void down(String why) {
        log.accept(where() + ": " + why);
        changed(false);
    }

    @Override
    public void failed(Exception cause) {
        log.failure(where() + ": the interface is over", cause);
        failed = true;
        changed(false);
        if (Privileges.isOpenerHere()) {
            log.accept(where() + ": is opened anew");
            owner.reopen();
        }
    }

    private void changed(boolean isUp) {
        if (running != isUp) {
            running = isUp;
            owner.linkChanged(isUp);
        }
    }

    @Override
    boolean isRunning() {
        return running;
    }

    @Override
    int mtu() {
        return link.mtu();
    }

    @Override
    List<String> notes(List<HostChanges.Warning> warnings) {
        List<String> notes = new ArrayList<>();
        if (!running) {
            notes.add(where() + " is not there now, so the VM reaches nobody: "
                    + (failed
                            ? "type: vmlan network stop " + settings.name() + ", then start the network again"
                            : "it is connected to again as soon as it is back"));
        }
        return notes;
    }

    @Override
    public long round(long now) {
        uplink.tick(now);
        return uplink.nanosToTick(now);
    }

    @Override
    public void resume(long now) {
        // vmnet's bridge learns where the guests are from their first frames.
    }

    @Override
    public int hostChanged(HostChange change, long now) {
        boolean hasMoved = lan != null && lan.hasMoved(change.before());
        hasMoved = (lan != null && lan.hasMoved(change.now())) || hasMoved;
        if (running && (hasMoved || change.sleptNanos() >= SHORT_SLEEP_NANOS)) {
            log.accept(where() + ": guests' links go down for a moment, since "
                    + (hasMoved ? "it is on another LAN" : "the host was asleep"));
            owner.renewLinks();
        }
        return 0;
    }

    @Override
    public List<HostChanges.Warning> warnings(HostState state) {
        return List.of();
    }

    @Override
    public void describe(Map<String, Object> json) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("interface", settings.nic());
        fields.put("via", opened.via().key());
        fields.put("mtu", mtu());
        fields.put("running", running);
        fields.put("macTranslation", false);
        fields.put("hostPath", "vmnet");
        fields.put("hostPathReason", "");
        fields.put("needsRights", failed && Vmnet.takesRoot());
        fields.put("over", failed);
        fields.putAll(link.describe());
        fields.putAll(NetworkReport.counters(uplink.port()));
        json.put("uplink", fields);
    }

    @Override
    public void logFaults() {
        faults.log();
    }

    @Override
    public void close() {
        try {
            link.close();
        } catch (IOException e) {
            log.failure(where() + ": cannot be ended", e);
        }
    }
}
