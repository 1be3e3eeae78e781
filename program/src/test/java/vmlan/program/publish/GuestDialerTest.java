package vmlan.program.publish;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import vmlan.host.EventLoop;
import vmlan.network.Switch;
import vmlan.network.outside.OutsideError;
import vmlan.network.tcp.ConnectEvents;
import vmlan.network.tcp.TcpAttachment;
import vmlan.packet.IpAddress;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class GuestDialerTest {
    private static final IpAddress GUEST4 = IpAddress.parse("192.168.64.2");
    private static final IpAddress GUEST6 = IpAddress.parse("fd00::2");

    private final TestGuest guest = new TestGuest(new Switch(64, 1_000_000_000L), "web");
    private final List<String> told = new ArrayList<>();
    private final List<Call> calls = new ArrayList<>();
    private final EventLoop loop;
    private final GuestDialer dialer;

    private record Call(IpAddress source, IpAddress to, int port, ConnectEvents events) {}

    private final GuestDialer.Client client = new GuestDialer.Client() {
        @Override
        public void accepted(TcpAttachment attachment, long now) {
            told.add("accepted");
        }

        @Override
        public void failed(GuestDialer.Why why, long now) {
            told.add(why.name());
        }
    };

    GuestDialerTest() throws IOException {
        loop = new EventLoop(e -> told.add(e.toString()));
        dialer = new GuestDialer(
                loop,
                (port, mac, sourceHigh, sourceLow, high, low, tcpPort, events, now) -> calls.add(
                        new Call(new IpAddress(sourceHigh, sourceLow), new IpAddress(high, low), tcpPort, events)),
                IpAddress.parse("192.168.64.1"),
                IpAddress.parse("fd00::1"));
    }

    @AfterEach
    void close() throws IOException {
        loop.close();
    }

    /// Lets the loop go on until something is so.
    private void until(BooleanSupplier there) {
        loop.run(now -> {
            if (there.getAsBoolean()) {
                loop.stop();
            }
            return 1_000_000;
        });
    }

    @Test
    void theIpv4AddressIsDialledFirstFromTheGateways() {
        guest.has(GUEST4, GUEST6);
        dialer.dial(guest, 80, client, loop.now());
        assertThat(calls).hasSize(1);
        assertThat(calls.getFirst().to()).isEqualTo(GUEST4);
        assertThat(calls.getFirst().source()).hasToString("192.168.64.1");
        assertThat(calls.getFirst().port()).isEqualTo(80);
        assertThat(dialer.waiting()).isEqualTo(1);
        calls.getFirst().events().accepted(null, loop.now());
        assertThat(told).containsExactly("accepted");
        assertThat(dialer.waiting()).isZero();
    }

    @Test
    void refusedOverIpv4ItIsDialledOverIpv6BeforeTheClientHearsOfIt() {
        guest.has(GUEST4, GUEST6);
        dialer.dial(guest, 80, client, loop.now());
        calls.getFirst().events().failed(OutsideError.REFUSED, loop.now());
        assertThat(told).isEmpty();
        until(() -> calls.size() == 2);
        assertThat(calls.get(1).to()).isEqualTo(GUEST6);
        assertThat(calls.get(1).source()).hasToString("fd00::1");
        calls.get(1).events().accepted(null, loop.now());
        assertThat(told).containsExactly("accepted");
    }

    @Test
    void refusedOverBothTheClientIsToldOnce() {
        guest.has(GUEST4, GUEST6);
        dialer.dial(guest, 80, client, loop.now());
        calls.getFirst().events().failed(OutsideError.TIMED_OUT, loop.now());
        until(() -> {
            if (calls.size() == 2) {
                calls.get(1).events().failed(OutsideError.REFUSED, loop.now());
            }
            return !told.isEmpty();
        });
        assertThat(told).containsExactly("REFUSED");
        assertThat(calls).hasSize(2);
    }

    @Test
    void aGuestWithoutAnAddressIsWaitedFor() {
        dialer.dial(guest, 80, client, loop.now());
        assertThat(calls).isEmpty();
        assertThat(told).isEmpty();
        guest.has(GUEST6);
        until(() -> !calls.isEmpty());
        assertThat(calls.getFirst().to()).isEqualTo(GUEST6);
    }

    @Test
    void aGuestThatNeverShowsOneIsGivenUp() {
        // The limit has passed already for somebody who began so long ago.
        dialer.dial(guest, 80, client, loop.now() - GuestDialer.ADDRESS_LIMIT_NANOS);
        until(() -> !told.isEmpty());
        assertThat(told).containsExactly("NO_ADDRESS");
        assertThat(calls).isEmpty();
        assertThat(dialer.waiting()).isZero();
    }

    @Test
    void thoseThatWaitAreBoundedForEachGuest() {
        guest.has(GUEST4);
        for (int i = 0; i < 200; i++) {
            dialer.dial(guest, 80, client, loop.now());
        }
        assertThat(calls).hasSize(128);
        assertThat(told).hasSize(72).containsOnly("TOO_MANY");
        List.copyOf(calls).forEach(call -> call.events().accepted(null, loop.now()));
        dialer.dial(guest, 80, client, loop.now());
        assertThat(calls).hasSize(129);
    }

    @Test
    void whenTheGuestGoesThoseThatWaitAreTold() {
        dialer.dial(guest, 80, client, loop.now());
        guest.has(GUEST4);
        dialer.dial(guest, 81, client, loop.now());
        dialer.forget(guest.port(), loop.now());
        assertThat(told).containsExactly("GONE", "GONE");
        assertThat(dialer.waiting()).isZero();
        calls.getFirst().events().failed(OutsideError.REFUSED, loop.now());
        assertThat(told).hasSize(2);
    }
}
