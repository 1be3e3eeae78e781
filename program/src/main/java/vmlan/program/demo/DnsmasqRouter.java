package vmlan.program.demo;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import vmlan.program.message.Failure;
import vmlan.qemu.tool.Tool;

/// dnsmasq as a home router has it: DHCPv4, DHCPv6 and SLAAC. It keeps everything in memory, so nothing is left
/// of it but its process, which ends with the namespace.
public final class DnsmasqRouter implements Router {
    private static final Duration START_LIMIT = Duration.ofSeconds(20);
    private static final Duration VERSION_LIMIT = Duration.ofSeconds(5);
    /// The last lines that it said, for the reason of its end.
    private static final int KEPT_LINES = 50;

    private final Path program;
    private final List<String> said = new ArrayList<>();
    private Process process;

    private DnsmasqRouter(Path program) {
        this.program = program;
    }

    /// Empty when dnsmasq is not installed.
    public static Optional<DnsmasqRouter> find() {
        return LanPrograms.program("dnsmasq", System.getenv()).map(DnsmasqRouter::new);
    }

    @Override
    public String description() {
        try {
            String first = Tool.run(VERSION_LIMIT, List.of(program.toString(), "--version"))
                    .output()
                    .lines()
                    .findFirst()
                    .orElse("");
            // "Dnsmasq version 2.90  Copyright …"
            String[] words = first.split("\\s+");
            return words.length > 2 ? "dnsmasq " + words[2] : "dnsmasq";
        } catch (IOException e) {
            return "dnsmasq";
        }
    }

    private List<String> command() {
        return List.of(
                program.toString(),
                "--conf-file=/dev/null",
                // in the foreground, and as who it is: in a user namespace groups cannot be changed
                "--no-daemon",
                "--leasefile-ro",
                "--interface=r0",
                "--bind-interfaces",
                "--except-interface=lo",
                "--port=0",
                // or it waits three seconds for an echo before each first offer
                "--no-ping",
                "--dhcp-authoritative",
                "--dhcp-range=" + AddressPlan.FIRST_GUEST4 + "," + AddressPlan.LAST_GUEST4 + ",1h",
                // SLAAC for all, and DHCPv6 addresses for those that ask
                "--dhcp-range=2001:db8:77::1000,2001:db8:77::1fff,slaac,64,1h",
                "--enable-ra",
                // each 5 s, a router for 1800 s: a guest that just missed one need not wait
                "--ra-param=r0,5,1800");
    }

    @Override
    public void start(DemoLan lan) throws Failure {
        CompletableFuture<Boolean> ready = new CompletableFuture<>();
        try {
            // it says all on standard error; there is no other output
            List<String> words = new ArrayList<>(List.of("sh", "-c", "LC_ALL=C exec \"$@\" 2>&1", "sh"));
            words.addAll(command());
            process = lan.start(Place.ROUTER, words, Redirect.PIPE);
        } catch (IOException e) {
            throw Failure.world("dnsmasq cannot be started: " + e.getMessage(), "take our own: --own-router", e);
        }
        Thread.ofVirtual().name("dnsmasq").start(() -> read(ready));
        try {
            if (!ready.get(START_LIMIT.toNanos(), TimeUnit.NANOSECONDS)) {
                throw Failure.world("dnsmasq has ended: " + lastLine(), "take our own: --own-router");
            }
        } catch (TimeoutException | ExecutionException e) {
            close();
            throw Failure.world("dnsmasq does not get ready: " + lastLine(), "take our own: --own-router", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Failure.world("interrupted", "start it again", e);
        }
    }

    /// It reads all that dnsmasq says, so that it never blocks on the pipe.
    private void read(CompletableFuture<Boolean> ready) {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                synchronized (said) {
                    if (said.size() == KEPT_LINES) {
                        said.removeFirst();
                    }
                    said.add(line);
                }
                // dnsmasq src/dnsmasq.c: said when its sockets are open
                if (line.contains("router advertisement on ")) {
                    ready.complete(true);
                }
            }
        } catch (IOException e) {
            // it was killed
        }
        ready.complete(false);
    }

    private String lastLine() {
        synchronized (said) {
            return said.isEmpty() ? "it says nothing" : said.getLast();
        }
    }

    @Override
    public void close() {
        if (process != null) {
            process.destroy();
        }
    }
}
