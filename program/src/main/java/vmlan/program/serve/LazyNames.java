package vmlan.program.serve;

import java.util.function.Consumer;
import java.util.function.Supplier;
import vmlan.network.SwitchPort;
import vmlan.network.dns.DnsService;
import vmlan.network.nat.NameServer;
import vmlan.network.outside.OutsideStream;
import vmlan.network.outside.StreamEvents;

/// The gateway's DNS, made when the first guest asks: its library is not on the way of a network's start.
final class LazyNames implements NameServer {
    private final Supplier<DnsService> maker;
    private DnsService service;

    LazyNames(Supplier<DnsService> maker) {
        this.maker = maker;
    }

    private DnsService service() {
        if (service == null) {
            service = maker.get();
        }
        return service;
    }

    /// Null before anybody asked.
    DnsService serviceIfAny() {
        return service;
    }

    @Override
    public void query(SwitchPort from, byte[] message, boolean overTcp, long now, Consumer<byte[]> answer) {
        service().query(from, message, overTcp, now, answer);
    }

    @Override
    public OutsideStream stream(SwitchPort from, StreamEvents events) {
        return service().stream(from, events);
    }

    @Override
    public void tick(long now) {
        if (service != null) {
            service.tick(now);
        }
    }

    @Override
    public long nanosToTick(long now) {
        return service == null ? Long.MAX_VALUE : service.nanosToTick(now);
    }

    void hostChanged(long now) {
        if (service != null) {
            service.hostChanged(now);
        }
    }

    void forget(SwitchPort port) {
        if (service != null) {
            service.forget(port);
        }
    }
}
