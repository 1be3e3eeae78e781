package vmlan.tests.bench;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import vmlan.program.files.Fields;
import vmlan.tests.nat.CProgram;
import vmlan.tests.nat.Place;
import vmlan.tests.nat.TestInternet;

/// What a guest does, and what comes of it.
///
/// @param mtu of the guest's NIC
/// @param count streams, or threads
record Load(Kind kind, int mtu, int count) {
    static final int IPERF_PORT = 5201;
    static final int CONNECTIONS_PORT = 5202;

    /// It says `sock_bufsize` once for each stream.
    private static final JSON IPERF = JSON.std.without(JSON.Feature.FAIL_ON_DUPLICATE_MAP_KEYS);

    enum Kind {
        /// From the guest to the internet.
        UP,
        DOWN,
        /// Connect, a request, a response, close.
        CONNECTIONS
    }

    /// @param value Gbit/s, or connections in a second
    /// @param cost processor seconds of the NAT for a Gbit, or for 1,000 connections
    /// @param retransmits segments that the guest's kernel sent again; a server does not always tell
    record Result(double value, double cost, double retransmits) {}

    static List<Load> all(List<Integer> mtus) {
        List<Load> loads = new ArrayList<>();
        for (int mtu : mtus) {
            for (Kind kind : Kind.values()) {
                if (kind != Kind.CONNECTIONS || mtu == mtus.getFirst()) {
                    loads.add(new Load(kind, mtu, 1));
                    loads.add(new Load(kind, mtu, 8));
                }
            }
        }
        return loads;
    }

    Result run(TestInternet internet, long pid, int seconds) throws IOException, InterruptedException {
        double before = ProcessorTime.seconds(pid);
        if (kind == Kind.CONNECTIONS) {
            String[] said = internet.in(
                            Place.GUEST,
                            CProgram.CONNECTIONS.path().toString(),
                            "run",
                            TestInternet.SERVER4,
                            Integer.toString(CONNECTIONS_PORT),
                            Integer.toString(count),
                            Integer.toString(seconds))
                    .split(" ");
            long connections = Long.parseLong(said[0]);
            double used = ProcessorTime.seconds(pid) - before;
            return new Result(connections / Double.parseDouble(said[1]), used / connections * 1000, 0);
        }
        Fields end = new Fields(IPERF.mapFrom(internet.in(Place.GUEST, iperf(seconds)))).object("end");
        double used = ProcessorTime.seconds(pid) - before;
        Fields received = end.object("sum_received");
        double gigabits = decimal(received, "bytes") * 8 / 1e9;
        return new Result(
                decimal(received, "bits_per_second") / 1e9,
                used / gigabits,
                kind == Kind.UP ? decimal(end.object("sum_sent"), "retransmits") : 0);
    }

    private static double decimal(Fields fields, String name) throws IOException {
        if (fields.values().get(name) instanceof Number number) {
            return number.doubleValue();
        }
        throw new IOException("iperf3 says nothing of " + name + ": " + fields.values());
    }

    private String[] iperf(int seconds) {
        List<String> words = new ArrayList<>(List.of(
                "iperf3",
                "-J",
                "-c",
                TestInternet.SERVER4,
                "-t",
                Integer.toString(seconds),
                "-P",
                Integer.toString(count)));
        if (kind == Kind.DOWN) {
            words.add("-R");
        }
        return words.toArray(String[]::new);
    }

    /// What the guest asks.
    static void serve(TestInternet internet) throws IOException {
        internet.start(Place.INTERNET, "iperf3", "Server listening", "iperf3", "-s", "--forceflush");
        internet.start(
                Place.INTERNET,
                "connections",
                "ready",
                CProgram.CONNECTIONS.path().toString(),
                "serve",
                Integer.toString(CONNECTIONS_PORT));
    }

    String title() {
        return switch (kind) {
            case UP -> "up ×" + count + ", MTU " + mtu + ", Gbit/s";
            case DOWN -> "down ×" + count + ", MTU " + mtu + ", Gbit/s";
            case CONNECTIONS -> "connections ×" + count + " per s";
        };
    }
}
