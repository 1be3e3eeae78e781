package vmlan.host.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import vmlan.packet.Ipv4Address;
import vmlan.packet.Ipv6Address;
import vmlan.packet.MacAddress;

/// A NIC that comes, goes and changes.
class NicMonitorTest {
    private final LinkedBlockingQueue<NicState> states = new LinkedBlockingQueue<>();

    private NicState await(Predicate<NicState> fits) throws InterruptedException {
        NicState state;
        do {
            state = states.poll(60, TimeUnit.SECONDS);
            assertThat(state).as("a state that fits").isNotNull();
        } while (!fits.test(state));
        return state;
    }

    @Test
    void whatHappensToANicIsTold() throws Exception {
        NetworkNamespace.runWithCable(() -> {
            LinkedBlockingQueue<Exception> failures = new LinkedBlockingQueue<>();
            try (RunningLoop loop = new RunningLoop();
                    NicMonitor monitor = new NicMonitor(loop.loop, "en0", states::add, failures::add)) {
                monitor.start();
                NicState first = states.poll(60, TimeUnit.SECONDS);
                assertThat(first)
                        .isEqualTo(new NicState(
                                "en0",
                                Interfaces.index("en0"),
                                true,
                                true,
                                new MacAddress(TestNic.OWN),
                                1500,
                                List.of(Ipv4Address.parse("192.0.2.1")),
                                List.of(),
                                false));
                NetworkNamespace.ip("addr add 192.0.2.7/24 dev en0");
                await(state -> state.ipv4().contains(Ipv4Address.parse("192.0.2.7")));
                Files.writeString(Path.of("/proc/sys/net/ipv6/conf/en0/disable_ipv6"), "0");
                NetworkNamespace.ip("addr add 2001:db8::1/64 dev en0");
                await(state -> state.ipv6().contains(Ipv6Address.parse("2001:db8::1")));
                NetworkNamespace.ip("link set en0 mtu 1400");
                await(state -> state.mtu() == 1400);
                NetworkNamespace.ip("link set en0 down");
                await(state -> state.present() && !state.running());
                NetworkNamespace.ip("link set en0 up");
                await(NicState::running);
                NetworkNamespace.ip("link set lan0 down");
                await(state -> !state.running());
                NetworkNamespace.ip("link del en0");
                assertThat(await(state -> !state.present())).isEqualTo(NicState.absent("en0"));
                NetworkNamespace.cable();
                NicState again = await(NicState::running);
                assertThat(again.index()).isNotEqualTo(first.index());
                assertThat(failures).isEmpty();
            }
        });
    }

    @Test
    void aMessageAboutTheLinkIsToldEvenWhenNothingHasChanged() throws Exception {
        NetworkNamespace.runWithCable(() -> {
            try (RunningLoop loop = new RunningLoop();
                    NicMonitor monitor = new NicMonitor(loop.loop, "en0", states::add, Throwable::printStackTrace)) {
                monitor.start();
                NicState first = states.poll(60, TimeUnit.SECONDS);
                // Of another NIC: not told, or it would be the next one here.
                NetworkNamespace.ip("link set lan0 alias elsewhere");
                NetworkNamespace.ip("link set en0 mtu 1400");
                assertThat(await(state -> state.mtu() == 1400)).isNotEqualTo(first);
                states.clear();
                NetworkNamespace.ip("link set en0 alias roamed");
                NicState again = states.poll(60, TimeUnit.SECONDS);
                assertThat(again).isNotNull();
                assertThat(again.mtu()).isEqualTo(1400);
            }
        });
    }

    @Test
    void addressesOfTheHostsOtherInterfacesAreItsOwnToo() throws Exception {
        NetworkNamespace.runWithCable(() -> {
            NetworkNamespace.ip("addr add 192.0.2.200/24 dev lan0");
            try (RunningLoop loop = new RunningLoop();
                    NicMonitor monitor = new NicMonitor(loop.loop, "en0", states::add, Throwable::printStackTrace)) {
                monitor.start();
                await(state -> state.ipv4()
                        .containsAll(List.of(Ipv4Address.parse("192.0.2.1"), Ipv4Address.parse("192.0.2.200"))));
            }
        });
    }

    @Test
    void aNameThatIsNotThereIsAbsent() throws Exception {
        NetworkNamespace.run(() -> {
            try (RunningLoop loop = new RunningLoop();
                    NicMonitor monitor = new NicMonitor(loop.loop, "en7", states::add, Throwable::printStackTrace)) {
                monitor.start();
                assertThat(states.poll(60, TimeUnit.SECONDS)).isEqualTo(NicState.absent("en7"));
            }
        });
    }
}
