package vmlan.program.explain;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.FileChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ThisMachineTest {
    private final ThisMachine machine = new ThisMachine();

    @TempDir
    private Path folder;

    @Test
    void aSocketIsListenedOnOrNotAndIsNotTouched() throws Exception {
        Path socket = folder.resolve("a.sock");
        assertThat(machine.listens(socket)).isFalse();
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(socket));
            server.configureBlocking(false);

            assertThat(machine.listens(socket)).isTrue();
            assertThat(server.accept()).as("nobody has come in").isNull();
        }
        assertThat(machine.exists(socket)).as("a socket that was left").isTrue();
        assertThat(machine.listens(socket)).isFalse();
        assertThat(machine.listens(Files.writeString(folder.resolve("file"), "x")))
                .isFalse();
    }

    @Test
    void byAnotherNameAConnectionTells() throws Exception {
        Path link = folder.resolve("link");
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(folder.resolve("a.sock")));
            Files.createSymbolicLink(link, folder.resolve("a.sock"));

            assertThat(machine.listens(link)).isTrue();
            try (SocketChannel came = server.accept()) {
                assertThat(came.isOpen()).isTrue();
            }
        }
    }

    @Test
    void whatJavaOpenedForItselfIsNotHandedOn() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "x");
        try (FileChannel open = FileChannel.open(file, StandardOpenOption.READ)) {
            assertThat(open.size()).isOne();
            assertThat(machine.isOpen(numberOf(file))).isTrue();
        }
        Path modules = Path.of(System.getProperty("java.home"), "lib", "modules");
        assertThat(machine.isOpen(numberOf(modules))).as("Java's own").isFalse();
        assertThat(machine.isOpen(0)).as("standard input").isTrue();
        assertThat(machine.isOpen(-1)).isFalse();
        assertThat(machine.isOpen(987_654)).isFalse();
    }

    private static int numberOf(Path file) throws IOException {
        try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
            return all.filter(link -> leadsTo(link, file))
                    .map(link -> Integer.parseInt(link.getFileName().toString()))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static boolean leadsTo(Path link, Path file) {
        try {
            return Files.readSymbolicLink(link).equals(file.toRealPath());
        } catch (IOException e) {
            // the one by which the folder is read is gone by now
            return false;
        }
    }

    @Test
    void theLoopbackIsNotBridged() {
        assertThat(machine.bridgeableNics()).doesNotContain("lo");
        assertThat(machine.longestSocketPath()).isIn(103, 107);
    }
}
