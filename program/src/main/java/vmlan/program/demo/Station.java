package vmlan.program.demo;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.ProcessBuilder.Redirect;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import vmlan.program.message.Failure;

/// A machine on the LAN that pings, fetches and serves: [StationMain] in a namespace.
public final class Station implements AutoCloseable {
    /// A JVM starts in 0.1 s; the rest is for busy machines.
    private static final Duration SLACK = Duration.ofSeconds(20);

    private final Place place;
    private final Process process;
    private final LinkedBlockingQueue<String> answers = new LinkedBlockingQueue<>();
    private int number;

    private Station(Place place, Process process) {
        this.place = place;
        this.process = process;
    }

    static Station start(DemoLan lan, Place place) throws Failure {
        try {
            Path java = Path.of(System.getProperty("java.home"), "bin", "java");
            Path classes = Path.of(StationMain.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            Process process = lan.start(
                    place,
                    List.of(
                            java.toString(),
                            "-XX:TieredStopAtLevel=1",
                            "-XX:+UseSerialGC",
                            // no file in /tmp that a killed one would leave
                            "-XX:-UsePerfData",
                            "-Xmx32m",
                            "-cp",
                            classes.toString(),
                            StationMain.class.getName()),
                    Redirect.PIPE);
            Station station = new Station(place, process);
            Thread.ofVirtual().name("station " + place).start(station::read);
            return station;
        } catch (IOException | URISyntaxException e) {
            throw Failure.world("no station can be started in the demo's " + place, "try again", e);
        }
    }

    private void read() {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                answers.add(line);
            }
        } catch (IOException e) {
            // it was ended
        }
    }

    public Place place() {
        return place;
    }

    /// Sends ICMP echoes, one a second, until one is answered.
    public Outcome ping(String address, Duration limit) {
        return ask("ping " + address + " " + limit.toMillis(), limit);
    }

    /// Gets `/` by HTTP; the outcome's detail is the whole answer with its headers, 64 KiB at most.
    public Outcome fetch(String address, int tcpPort, Duration limit) {
        return ask("fetch " + address + " " + tcpPort + " " + limit.toMillis(), limit);
    }

    /// Answers every HTTP request on that port with a text, from now on.
    public void serve(int tcpPort, String text) throws Failure {
        Outcome outcome = ask("serve " + tcpPort + " " + StationMain.encoded(text), Duration.ZERO);
        if (!outcome.holds()) {
            throw Failure.world("the demo's " + place + " cannot serve: " + outcome.detail(), "try again");
        }
    }

    private synchronized Outcome ask(String question, Duration limit) {
        String id = Integer.toString(++number);
        long start = System.nanoTime();
        long deadline = start + limit.plus(SLACK).toNanos();
        try {
            process.getOutputStream().write((id + " " + question + "\n").getBytes(StandardCharsets.US_ASCII));
            process.getOutputStream().flush();
            while (true) {
                String line = answers.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
                if (line == null) {
                    return Outcome.no("the station there does not answer", System.nanoTime() - start);
                }
                String[] words = line.split(" ", -1);
                // an answer to what was asked before and given up
                if (words[0].equals(id)) {
                    return new Outcome(words[1].equals("yes"), StationMain.decoded(words[3]), Long.parseLong(words[2]));
                }
            }
        } catch (IOException e) {
            return Outcome.no("the station there has ended", System.nanoTime() - start);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Outcome.no("interrupted", System.nanoTime() - start);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
