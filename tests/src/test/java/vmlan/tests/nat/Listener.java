package vmlan.tests.nat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;

/// A TCP server in a place.
final class Listener implements AutoCloseable {
    static final int PORT = 7000;

    private static final int BACKLOG = 128;

    private final ServerSocket socket;

    private Listener(ServerSocket socket) {
        this.socket = socket;
    }

    static Listener open(TestInternet internet, Place place, InetSocketAddress address) throws Exception {
        return internet.call(place, () -> {
            ServerSocket socket = new ServerSocket();
            socket.setReuseAddress(true);
            socket.bind(address, BACKLOG);
            socket.setSoTimeout(GuestOutside.READ_MILLIS);
            return new Listener(socket);
        });
    }

    Socket accept() throws IOException {
        Socket accepted = socket.accept();
        accepted.setSoTimeout(GuestOutside.READ_MILLIS);
        return accepted;
    }

    /// @throws java.net.SocketTimeoutException when nobody comes
    Socket accept(int millis) throws IOException {
        socket.setSoTimeout(millis);
        return accept();
    }

    int port() {
        return socket.getLocalPort();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
