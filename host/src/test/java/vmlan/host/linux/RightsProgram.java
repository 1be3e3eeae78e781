package vmlan.host.linux;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import vmlan.network.uplink.Wire.Wanted;

/// What a test runs as another process: the opener, then, by exec, the network. Without the test libraries, so
/// that any user can run it.
final class RightsProgram {
    private RightsProgram() {}

    public static void main(String[] arguments) throws Exception {
        switch (arguments[0]) {
            case "grep" ->
                Rights.dropAndExec(
                        Path.of("/bin/grep"),
                        List.of("grep", "-E", "^(Cap|NoNewPrivs)", "/proc/self/status"),
                        Map.of());
            case "descriptors" ->
                Rights.dropAndExec(
                        Path.of("/bin/ls"),
                        List.of("ls", "/proc/self/fd"),
                        Map.of(),
                        Tap.open(Tap.Wish.withoutAddresses("vmlan-test", TestNic.OWN, 1500))
                                .fd());
            case "nothing" -> {
                try {
                    Rights.dropAndExec(Path.of("/nowhere/java"), List.of("java"), Map.of());
                } catch (LinuxException e) {
                    System.out.println(e.getMessage());
                }
            }
            case "open" -> open();
            case "serve" -> serve(OpenedNic.parse(arguments[1]));
            default -> throw new IllegalArgumentException(arguments[0]);
        }
    }

    private static void open() throws IOException {
        Rights rights = Rights.ofThisThread();
        System.out.println("opener: user namespace " + rights.inUserNamespace() + ", may " + rights.mayOpenNic());
        OpenedNic nic = NicOpener.open("en0", TestNic.MARK, false);
        System.out.println("redirect: " + nic.redirect() + " " + nic.reason());
        List<String> command =
                new ArrayList<>(List.of(ProcessHandle.current().info().command().orElseThrow()));
        command.addAll(List.of(ProcessHandle.current().info().arguments().orElseThrow()));
        command.removeLast();
        command.addAll(List.of("serve", nic.encode()));
        Rights.dropAndExec(Path.of(command.getFirst()), command, Map.of("LC_ALL", "C.UTF-8"), nic.descriptors());
    }

    private static void serve(OpenedNic opened) throws Exception {
        try (RunningLoop loop = new RunningLoop()) {
            Recorder recorder = new Recorder();
            NicDevice device = loop.call(() -> new NicDevice(loop.loop, opened, recorder, new PlainCopy(false)));
            loop.run(() -> {
                device.want(new Wanted(TestNic.OWN, false, List.of(TestNic.GUEST), List.of(), List.of()));
                device.start();
            });
            byte[] request = TestPackets.arpRequest(TestNic.GUEST, "192.0.2.50", NetworkNamespace.HOST_ADDRESS);
            loop.run(() -> {
                device.toHost(ByteBuffer.wrap(request), 0, request.length);
                device.flush();
            });
            recorder.await(received -> received.fromHost() && received.destination() == TestNic.GUEST);
            System.out.println("the host answered");
            System.out.println("threads with rights: " + threadsWithRights());
            try {
                NicOpener.open("en0", TestNic.MARK, false).close();
                System.out.println("can open");
            } catch (LinuxException e) {
                System.out.println("cannot open: " + e.getMessage());
            }
            loop.run(device::close);
        }
    }

    private static long threadsWithRights() throws IOException {
        try (Stream<Path> tasks = Files.list(Path.of("/proc/self/task"))) {
            long count = 0;
            for (Path task : tasks.toList()) {
                String status;
                try {
                    status = Files.readString(task.resolve("status"));
                } catch (IOException e) {
                    if (Files.exists(task)) {
                        throw e;
                    }
                    continue; // it ended meanwhile, as a compiler's does that has nothing to do
                }
                if (!status.contains("CapEff:\t0000000000000000") || !status.contains("CapPrm:\t0000000000000000")) {
                    count++;
                }
            }
            return count;
        }
    }
}
