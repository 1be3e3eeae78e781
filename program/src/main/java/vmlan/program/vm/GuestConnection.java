package vmlan.program.vm;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import vmlan.program.control.ControlClient;
import vmlan.program.files.Fields;
import vmlan.program.files.Places;
import vmlan.program.message.Failure;
import vmlan.program.serve.Networks;

/// A connection to a TCP port of a VM: by its network's process, or on a bridged network by the LAN.
public final class GuestConnection implements AutoCloseable {
    /// The network waits for a guest that boots, and tries two addresses; longer than its own limit.
    private static final Duration LIMIT = Duration.ofSeconds(160);

    /// A guest that boots, as long as `ip` waits for it where nobody says how long.
    private static final Duration ADDRESS_LIMIT = Duration.ofSeconds(60);

    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(10);
    /// One address of a guest on the LAN; ARP gives up after three seconds.
    private static final Duration DIAL_LIMIT = Duration.ofSeconds(10);

    private static final int BUFFER = 64 * 1024;

    private final SocketChannel channel;
    private final InputStream fromGuest;
    private volatile IOException inputFailed;

    private GuestConnection(SocketChannel channel, InputStream fromGuest) {
        this.channel = channel;
        this.fromGuest = fromGuest;
    }

    /// Waits for a guest that boots, until it has an address.
    ///
    /// @throws Failure when the guest does not accept, or there is no way to it
    public static GuestConnection open(Vm vm, int tcpPort, Networks networks, VmStore store) throws Failure {
        if (!vm.isAlive()) {
            throw Failure.world(vm.name() + " does not run", "start it: " + vm.startLine());
        }
        if (vm.nics().isEmpty() && !vm.vmnetNics().isEmpty()) {
            return dial(vm, tcpPort, addresses(vm, null, networks, store));
        }
        if (vm.nics().isEmpty()) {
            throw Failure.usage(
                    vm.name() + " is on no network of ours, so there is no way to it",
                    "start it with --net shared, host, private or bridged");
        }
        for (Vm.VmNic nic : vm.nics()) {
            if (networks.known(nic.network()).mode().hasGateway()) {
                ControlClient.Switched switched =
                        networks.reachable(nic.network()).upgrade("/v1/connect/" + vm.name() + "/" + tcpPort, LIMIT);
                return new GuestConnection(switched.channel(), switched.in());
            }
        }
        return byTheLan(vm, tcpPort, networks, store);
    }

    /// Those that it can be dialled at: of each NIC one of each family.
    ///
    /// @param network of ours; null for a guest that is on none of ours
    private static List<String> addresses(Vm vm, String network, Networks networks, VmStore store) throws Failure {
        return new AddressWait(networks, store)
                .awaitAny(vm, network, ADDRESS_LIMIT).stream()
                        .flatMap(found -> Stream.concat(
                                Stream.ofNullable(found.ipv4()),
                                found.ipv6().stream()
                                        .filter(address -> !address.startsWith("fe80:"))
                                        .limit(1)))
                        .toList();
    }

    private static GuestConnection byTheLan(Vm vm, int tcpPort, Networks networks, VmStore store) throws Failure {
        String network = vm.nics().getFirst().network();
        if (!networks.known(network).mode().hasUplink()) {
            throw Failure.usage(
                    vm.name() + " is on the network " + network + ", which is of guests only: there is no way to it",
                    "see its console: vmlan console " + vm.name());
        }
        ControlClient client = networks.reachable(network);
        Fields uplink =
                client.send("GET", "/v1/network", Map.of(), ANSWER_LIMIT).object("uplink");
        if (uplink.optionalText("hostPath").orElse("none").equals("none")) {
            throw Failure.world(
                    "this host has no way to its guests on " + network
                            + uplink.optionalText("hostPathReason")
                                    .map(reason -> ": " + reason)
                                    .orElse(""),
                    "start the network anew with rights: sudo vmlan network start " + network);
        }
        return dial(vm, tcpPort, addresses(vm, network, networks, store));
    }

    private static GuestConnection dial(Vm vm, int tcpPort, List<String> addresses) throws Failure {
        List<String> reasons = new ArrayList<>();
        for (String address : addresses) {
            try {
                SocketChannel channel = SocketChannel.open();
                try {
                    // By its socket, since a channel's connect has no limit.
                    channel.socket().connect(new InetSocketAddress(address, tcpPort), (int) DIAL_LIMIT.toMillis());
                    return new GuestConnection(channel, Channels.newInputStream(channel));
                } catch (IOException e) {
                    channel.close();
                    reasons.add(address + ": " + Places.reason(e));
                }
            } catch (IOException e) {
                reasons.add(address + ": " + Places.reason(e));
            }
        }
        throw Failure.world(
                vm.name() + " cannot be reached at its port " + tcpPort + ": " + String.join("; ", reasons),
                "see what it does: vmlan logs " + vm.name());
    }

    /// Carries bytes both ways until both have ended.
    ///
    /// @throws Failure when the connection broke
    public void join(InputStream in, OutputStream out) throws Failure {
        Thread sender = Thread.ofPlatform().daemon().name("to the guest").start(() -> send(in));
        try {
            byte[] buffer = new byte[BUFFER];
            int count;
            while ((count = fromGuest.read(buffer)) >= 0) {
                out.write(buffer, 0, count);
                out.flush();
            }
            out.close();
            sender.join();
        } catch (IOException e) {
            throw broken(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Failure.world("interrupted", "try again");
        }
        if (inputFailed != null) {
            throw broken(inputFailed);
        }
    }

    private static Failure broken(IOException e) {
        return Failure.world(
                "the connection broke: " + Places.reason(e), "see whether the guest still runs: vmlan ps", e);
    }

    private void send(InputStream in) {
        byte[] buffer = new byte[BUFFER];
        try {
            int count;
            while ((count = in.read(buffer)) >= 0) {
                ByteBuffer bytes = ByteBuffer.wrap(buffer, 0, count);
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
            }
            channel.shutdownOutput();
        } catch (IOException e) {
            inputFailed = e;
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
