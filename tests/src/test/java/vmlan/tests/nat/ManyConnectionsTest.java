package vmlan.tests.nat;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import vmlan.tests.lan.Evidence;
import vmlan.tests.real.Await;

/// Thousands of connections of a guest at once, through the network's own process and real sockets.
@EnabledOnOs(OS.LINUX)
@ExtendWith(Evidence.class)
class ManyConnectionsTest {
    private static final int CONNECTIONS = 5_000;
    private static final int PORT = 7000;
    /// Each has an object or two and a socket; what the kernel keeps is not the process'.
    private static final long MOST_KIB_EACH = 16;
    /// What the collector has not given back yet.
    private static final long MORE_AFTERWARDS_KIB = 96 * 1024;

    private static long residentKib(long pid) throws IOException {
        String line = Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
                .filter(each -> each.startsWith("VmRSS:"))
                .findFirst()
                .orElseThrow();
        return Long.parseLong(line.replaceAll("[^0-9]", ""));
    }

    private static int descriptors(long pid) throws IOException {
        try (Stream<Path> open = Files.list(Path.of("/proc/" + pid + "/fd"))) {
            return (int) open.count();
        }
    }

    @Test
    void fiveThousandAtOnceEachCarryAByteAndLeaveNoDescriptorBehind() throws Exception {
        try (GuestOutside world = GuestOutside.create()) {
            long pid = world.network().pid();
            try (Listener listener = Listener.open(world.internet(), Place.INTERNET, Family.IPV4.server(PORT))) {
                once(world, listener, 50);
                long before = residentKib(pid);
                int openBefore = descriptors(pid);
                long during = once(world, listener, CONNECTIONS);
                System.out.printf(
                        "%,d connections: %,d KiB resident before, %,d with them, %,d after; %d descriptors before,"
                                + " %d after%n",
                        CONNECTIONS, before, during, residentKib(pid), openBefore, descriptors(pid));
                assertThat(during - before).isLessThan(CONNECTIONS * MOST_KIB_EACH);
                once(world, listener, CONNECTIONS);
                assertThat(residentKib(pid)).as("after as many again").isLessThan(before + MORE_AFTERWARDS_KIB);
                // the loop closes the last ones when it has heard of their ends, after the two ends have
                Await.until(
                        "the descriptors to be closed",
                        SharedNetwork.LIMIT,
                        () -> descriptors(pid) < openBefore + 50 ? Optional.of(true) : Optional.empty(),
                        () -> openBefore + " before, and now " + descriptors(pid));
            }
        }
    }

    /// @return the process' memory while all are open
    private static long once(GuestOutside world, Listener listener, int count) throws Exception {
        List<Socket> accepted = new ArrayList<>();
        List<Socket> dialled = new ArrayList<>();
        try {
            CompletableFuture<Void> served = world.internet().begin(Place.INTERNET, () -> {
                while (accepted.size() < count) {
                    accepted.add(listener.accept());
                }
                for (Socket socket : accepted) {
                    socket.getOutputStream().write(socket.getInputStream().read() + 1);
                }
                return null;
            });
            world.internet().call(Place.GUEST, () -> {
                for (int i = 0; i < count; i++) {
                    Socket socket = new Socket();
                    dialled.add(socket);
                    socket.setSoTimeout(GuestOutside.READ_MILLIS);
                    socket.connect(Family.IPV4.server(PORT), GuestOutside.READ_MILLIS);
                    socket.getOutputStream().write(i & 0x7f);
                }
                for (int i = 0; i < count; i++) {
                    assertThat(dialled.get(i).getInputStream().read()).isEqualTo((i & 0x7f) + 1);
                }
                return null;
            });
            NamespaceThreads.await(served);
            long resident = residentKib(world.network().pid());
            // the guest's side ends first, and sees the end of the other
            for (Socket socket : dialled) {
                socket.shutdownOutput();
            }
            for (Socket socket : accepted) {
                assertThat(socket.getInputStream().read()).isEqualTo(-1);
                socket.close();
            }
            for (Socket socket : dialled) {
                assertThat(socket.getInputStream().read()).isEqualTo(-1);
            }
            return resident;
        } finally {
            for (Socket socket : dialled) {
                socket.close();
            }
            for (Socket socket : accepted) {
                socket.close();
            }
        }
    }
}
