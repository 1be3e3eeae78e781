package vmlan.program.serve;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import vmlan.host.StreamListener;
import vmlan.host.StreamPort;
import vmlan.network.SwitchPort;

/// The network's common socket, `qemu.sock`, for QEMUs that people start by hand: each connection is a port
/// of its own, without a name, which is gone with the connection.
final class HandPorts implements AutoCloseable {
    private static final int MOST = 64;

    private final GuestPort.Owner owner;
    private final StreamListener listener;
    private final List<StreamPort> ports = new ArrayList<>();
    private int count;

    HandPorts(GuestPort.Owner owner, Path socket) throws IOException {
        this.owner = owner;
        this.listener = new StreamListener(owner.loop(), socket, this::take);
    }

    List<SwitchPort> ports() {
        return ports.stream().map(StreamPort::port).toList();
    }

    private void take(SocketChannel connection) {
        if (ports.size() >= MOST) {
            owner.log().accept("qemu.sock: refused a connection: " + MOST + " are there already");
            refuse(connection);
            return;
        }
        String name = "hand-" + ++count;
        StreamPort[] far = new StreamPort[1];
        SwitchPort port = owner.network().connect(name, false, ours -> {
            far[0] = new StreamPort(
                    owner.loop(), owner.network(), ours, 0, owner.readBuffer(), new StreamPort.Listener() {
                        @Override
                        public void attached() {
                            owner.log().accept(name + ": attached by qemu.sock");
                        }

                        @Override
                        public void detached(String why) {
                            owner.log().accept(name + ": detached: " + why);
                            ports.remove(far[0]);
                            owner.leaving(ours);
                            owner.network().disconnect(ours);
                        }
                    });
            return far[0];
        });
        try {
            far[0].attach(connection, false);
            ports.add(far[0]);
        } catch (IOException e) {
            owner.network().disconnect(port);
            refuse(connection);
        }
    }

    private void refuse(SocketChannel connection) {
        try {
            connection.close();
        } catch (IOException e) {
            owner.log().accept("qemu.sock: " + e.getMessage());
        }
    }

    @Override
    public void close() {
        listener.close();
        for (StreamPort port : List.copyOf(ports)) {
            port.detach("the network ends");
        }
    }
}
