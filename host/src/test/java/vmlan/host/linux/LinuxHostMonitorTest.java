package vmlan.host.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import vmlan.host.HostMonitor;
import vmlan.network.change.HostRoute;
import vmlan.network.change.HostState;
import vmlan.network.change.HostWay;
import vmlan.packet.IpAddress;
import vmlan.packet.Ipv4Address;
import vmlan.packet.Ipv4Prefix;

/// A host whose addresses, routes and ways out come, go and change.
class LinuxHostMonitorTest implements HostMonitor.Listener {
    private final LinkedBlockingQueue<HostState> states = new LinkedBlockingQueue<>();
    private final LinkedBlockingQueue<Exception> failures = new LinkedBlockingQueue<>();

    @Override
    public void looked(HostState state) {
        states.add(state);
    }

    @Override
    public void failed(Exception cause) {
        failures.add(cause);
    }

    private HostState await(Predicate<HostState> fits) throws InterruptedException {
        HostState state;
        do {
            state = states.poll(60, TimeUnit.SECONDS);
            assertThat(state).as("a state that fits").isNotNull();
        } while (!fits.test(state));
        return state;
    }

    private static HostWay way(String ifName, String gateway) {
        return new HostWay(ifName, gateway == null ? null : IpAddress.parse(gateway));
    }

    @Test
    void whatBecomesOfTheHostIsTold() throws Exception {
        NetworkNamespace.runWithCable(() -> {
            try (RunningLoop loop = new RunningLoop();
                    LinuxHostMonitor monitor = new LinuxHostMonitor(loop.loop, this)) {
                monitor.start();
                HostState first = await(state -> true);
                assertThat(first.addresses())
                        .contains(IpAddress.parse("192.0.2.1"), IpAddress.parse("127.0.0.1"), IpAddress.parse("::1"));
                assertThat(first.ipv4()).isNull();
                assertThat(first.ipv6()).isNull();
                assertThat(first.routes()).contains(new HostRoute("en0", Ipv4Prefix.parse("192.0.2.0/24"), null));

                NetworkNamespace.ip("route add default via 192.0.2.9");
                await(state -> way("en0", "192.0.2.9").equals(state.ipv4()));
                NetworkNamespace.ip("route replace default via 192.0.2.8");
                await(state -> way("en0", "192.0.2.8").equals(state.ipv4()));
                NetworkNamespace.ip("route add 10.1.0.0/16 via 192.0.2.9");
                await(state -> state.routes()
                        .contains(
                                new HostRoute("en0", Ipv4Prefix.parse("10.1.0.0/16"), Ipv4Address.parse("192.0.2.9"))));

                // As a VPN does it, in a table of its own.
                NetworkNamespace.ip("route add default dev lan0 table 77");
                NetworkNamespace.ip("rule add priority 5 table 77");
                NetworkNamespace.ip("addr add 10.9.0.2/32 dev lan0");
                await(state -> way("lan0", null).equals(state.ipv4()));
                NetworkNamespace.ip("route flush table 77");
                await(state -> way("en0", "192.0.2.8").equals(state.ipv4()));

                Files.writeString(Path.of("/proc/sys/net/ipv6/conf/en0/disable_ipv6"), "0");
                NetworkNamespace.ip("addr add 2001:db8::1/64 dev en0 nodad");
                NetworkNamespace.ip("-6 route add default via 2001:db8::9");
                await(state -> way("en0", "2001:db8::9").equals(state.ipv6())
                        && state.addresses().contains(IpAddress.parse("2001:db8::1")));
                NetworkNamespace.ip("-6 route replace unreachable default metric 1");
                await(state -> state.ipv6() == null);

                NetworkNamespace.ip("link set en0 down");
                await(state -> state.ipv4() == null);
                NetworkNamespace.ip("addr flush dev en0");
                await(state -> !state.addresses().contains(IpAddress.parse("192.0.2.1")));
                assertThat(failures).isEmpty();
            }
        });
    }

    @Test
    void nothingIsToldWhenNothingHasChanged() throws Exception {
        NetworkNamespace.runWithCable(() -> {
            try (RunningLoop loop = new RunningLoop();
                    LinuxHostMonitor monitor = new LinuxHostMonitor(loop.loop, this)) {
                monitor.start();
                await(state -> true);
                NetworkNamespace.ip("link set en0 alias nothing");
                NetworkNamespace.ip("link set en0 mtu 1400");
                NetworkNamespace.ip("addr add 192.0.2.7/24 dev en0");
                assertThat(states.poll(60, TimeUnit.SECONDS).addresses()).contains(IpAddress.parse("192.0.2.7"));
            }
        });
    }
}
