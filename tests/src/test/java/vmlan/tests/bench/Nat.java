package vmlan.tests.bench;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import vmlan.program.message.Failure;
import vmlan.tests.lan.Words;
import vmlan.tests.nat.NativeGuest;
import vmlan.tests.nat.Place;
import vmlan.tests.nat.SharedNetwork;
import vmlan.tests.nat.TestInternet;
import vmlan.tests.real.Await;

/// Those that are compared.
enum Nat {
    OURS("vmlan") {
        @Override
        Running start(TestInternet internet, int mtu) throws IOException, InterruptedException, Failure {
            SharedNetwork network = SharedNetwork.start(internet);
            try {
                NativeGuest guest = network.attach("linux", mtu);
                guest.configure();
                return new Running(network.pid(), () -> {
                    try (network) {
                        Files.writeString(
                                internet.log("counters"),
                                JSON.std.asString(network.show().values()) + "\n");
                        guest.close();
                    }
                });
            } catch (IOException | InterruptedException | Failure | RuntimeException | AssertionError e) {
                network.close();
                throw e;
            }
        }

        @Override
        boolean takes(int mtu) {
            return mtu <= SharedNetwork.MTU;
        }

        @Override
        String version() throws IOException, InterruptedException {
            return "this checkout";
        }
    },

    /// On the same socket protocol, with the same pump. It gives the guest the host's own addresses.
    PASST("passt") {
        @Override
        Running start(TestInternet internet, int mtu) throws IOException, InterruptedException {
            Path socket = internet.folder().resolve("passt.sock");
            Process process = internet.start(
                    Place.HOST,
                    "passt",
                    null,
                    program(),
                    "--foreground",
                    "--runas",
                    "0",
                    "--socket",
                    socket.toString(),
                    "--no-map-gw",
                    "--mtu",
                    Integer.toString(mtu));
            awaitFile(socket);
            NativeGuest guest = NativeGuest.attach(internet, socket, mtu);
            guest.configure(TestInternet.HOST4 + "/24", TestInternet.ROUTER4);
            return new Running(process.pid(), () -> {
                guest.close();
                internet.end(process);
            });
        }

        @Override
        String version() throws IOException, InterruptedException {
            String said = Words.of(program(), "--version").run().text();
            return said.lines()
                    .findFirst()
                    .filter(line -> !line.contains("unknown"))
                    .orElseGet(() -> {
                        try {
                            return Words.of("dpkg-query", "-W", "-f", "passt ${Version}", "passt")
                                    .good();
                        } catch (IOException | InterruptedException e) {
                            return "passt, unknown version";
                        }
                    });
        }

        private String program() {
            return System.getenv().getOrDefault("VMLAN_BENCH_PASST", "passt");
        }
    },

    /// It makes a tap in the guest's namespace itself, so there is no pump beside it, and its processor time is with
    /// the system calls at the tap.
    SLIRP("slirp4netns") {
        @Override
        Running start(TestInternet internet, int mtu) throws IOException, InterruptedException {
            Process process = internet.start(
                    Place.HOST,
                    "slirp4netns",
                    // the last that it says to standard error; its own standard output is held back
                    "received tapfd",
                    "slirp4netns",
                    "--configure",
                    "--mtu=" + mtu,
                    "--disable-host-loopback",
                    "--netns-type=path",
                    "/run/netns/" + internet.namespace(Place.GUEST),
                    NativeGuest.NIC);
            return new Running(process.pid(), () -> internet.end(process));
        }

        @Override
        String version() throws IOException, InterruptedException {
            return Words.of("slirp4netns", "--version")
                    .good()
                    .lines()
                    .findFirst()
                    .orElseThrow();
        }
    };

    private final String title;

    Nat(String title) {
        this.title = title;
    }

    String title() {
        return title;
    }

    /// Starts it on the host with the guest attached and configured.
    abstract Running start(TestInternet internet, int mtu) throws IOException, InterruptedException, Failure;

    abstract String version() throws IOException, InterruptedException;

    boolean takes(int mtu) {
        return true;
    }

    static List<Nat> named(String titles) {
        return List.of(titles.split(",")).stream()
                .map(title -> List.of(values()).stream()
                        .filter(nat -> nat.title.equals(title))
                        .findFirst()
                        .orElseThrow(() -> new IllegalArgumentException("there is no " + title)))
                .toList();
    }

    private static void awaitFile(Path file) {
        Await.until(
                file.toString(),
                SharedNetwork.LIMIT,
                () -> file.toFile().exists() ? Optional.of(true) : Optional.empty(),
                () -> "nothing");
    }

    interface Ending {
        void end() throws IOException, InterruptedException;
    }

    /// @param pid of the one process whose processor time counts
    record Running(long pid, Ending ending) implements AutoCloseable {
        @Override
        public void close() throws IOException, InterruptedException {
            ending.end();
        }
    }
}
