package vmlan.program.demo;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/// The far end of [Station], a program of its own in a namespace. It does with Java alone what `ping` and `nc`
/// would do: neither is on every system. Needs no other class of ours.
///
/// It reads a line each, and writes an answer `NUMBER yes|no NANOS TEXT`, the text in Base64; it ends when its
/// input does:
/// ```
/// NUMBER ping ADDRESS MILLIS
/// NUMBER fetch ADDRESS PORT MILLIS
/// NUMBER serve PORT TEXT
/// ```
public final class StationMain {
    /// Of an answer to `fetch`; the demo guest's page has some hundred bytes.
    private static final int MOST_BYTES = 64 * 1024;

    private static final int REQUEST_MILLIS = 5_000;
    private static final int BACKLOG = 16;

    private StationMain() {}

    public static void main(String[] arguments) throws IOException {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.US_ASCII);
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String[] words = line.split(" ", -1);
            long start = System.nanoTime();
            String verdict;
            String text;
            try {
                text = answer(words);
                verdict = "yes";
            } catch (IOException | RuntimeException e) {
                text = e.getMessage() == null ? e.toString() : e.getMessage();
                verdict = "no";
            }
            long nanos = System.nanoTime() - start;
            out.println(words[0] + " " + verdict + " " + nanos + " " + encoded(text));
        }
        Runtime.getRuntime().halt(0); // servers do not hold it
    }

    static String encoded(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    static String decoded(String text) {
        return new String(Base64.getDecoder().decode(text), StandardCharsets.UTF_8);
    }

    private static String answer(String[] words) throws IOException {
        return switch (words[1]) {
            case "ping" -> ping(InetAddress.ofLiteral(words[2]), Integer.parseInt(words[3]));
            case "fetch" ->
                fetch(
                        new InetSocketAddress(InetAddress.ofLiteral(words[2]), Integer.parseInt(words[3])),
                        Integer.parseInt(words[4]));
            case "serve" -> serve(Integer.parseInt(words[2]), decoded(words[3]));
            default -> throw new IllegalArgumentException("'" + words[1] + "' is unknown");
        };
    }

    /// As root, which a station is in its namespace, Java sends an ICMP echo; it would try TCP otherwise.
    private static String ping(InetAddress address, int millis) throws IOException {
        if (!address.isReachable(millis)) {
            throw new SocketTimeoutException("no answer in " + millis + " ms");
        }
        return "";
    }

    private static String fetch(InetSocketAddress address, int millis) throws IOException {
        long deadline = System.nanoTime() + millis * 1_000_000L;
        try (Socket socket = new Socket()) {
            socket.connect(address, millis);
            socket.getOutputStream().write("GET / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            ByteArrayOutputStream answer = new ByteArrayOutputStream();
            byte[] buffer = new byte[4096];
            InputStream in = socket.getInputStream();
            while (answer.size() < MOST_BYTES) {
                long left = (deadline - System.nanoTime()) / 1_000_000L;
                if (left <= 0) {
                    throw new SocketTimeoutException("no whole answer in " + millis + " ms");
                }
                socket.setSoTimeout((int) left);
                int count = in.read(buffer);
                if (count < 0) {
                    return answer.toString(StandardCharsets.UTF_8);
                }
                answer.write(buffer, 0, count);
            }
            return answer.toString(StandardCharsets.UTF_8);
        }
    }

    /// Every connection gets the text, over both IP versions.
    private static String serve(int port, String text) throws IOException {
        ServerSocket server = new ServerSocket(port, BACKLOG);
        Thread.ofVirtual().start(() -> {
            while (true) {
                try {
                    Socket peer = server.accept();
                    Thread.ofVirtual().start(() -> reply(peer, text));
                } catch (IOException e) {
                    return;
                }
            }
        });
        return "";
    }

    private static void reply(Socket peer, String text) {
        try (peer) {
            peer.setSoTimeout(REQUEST_MILLIS);
            BufferedReader request =
                    new BufferedReader(new InputStreamReader(peer.getInputStream(), StandardCharsets.US_ASCII));
            String line = request.readLine();
            while (line != null && !line.isEmpty()) {
                line = request.readLine();
            }
            OutputStream out = peer.getOutputStream();
            out.write(("HTTP/1.0 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + text)
                    .getBytes(StandardCharsets.UTF_8));
            peer.shutdownOutput();
        } catch (IOException e) {
            // the peer went away
        }
    }
}
