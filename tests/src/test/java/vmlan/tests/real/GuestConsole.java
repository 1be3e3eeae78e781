package vmlan.tests.real;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// The console of a VM of an [Installation]: what is on it, and its shell. By way of QEMU's socket: `vmlan console` has
/// a test of its own, and costs a JVM each time.
public record GuestConsole(Path home, String vm) {
    /// A text as it may come out of an emulated serial port on a busy machine: now and then a character comes twice
    /// (seen under TCG on two processors with a load of eight, in one of a few thousand characters).
    public static Pattern onConsole(String text) {
        return Pattern.compile(text.chars()
                .mapToObj(character -> Pattern.quote(Character.toString(character)) + "+")
                .collect(Collectors.joining()));
    }

    /// All that was ever on it; empty before it is there.
    public String log() throws IOException {
        Path log = home.resolve("state/vms/" + vm + "/console.log");
        return Files.exists(log) ? Files.readString(log, StandardCharsets.ISO_8859_1) : "";
    }

    /// Waits for a text.
    ///
    /// @return the whole log
    public String await(String text) {
        return Await.until(
                "'" + text + "' on the console of " + vm,
                Installation.LIMIT,
                () -> {
                    String log = log();
                    return onConsole(text).matcher(log).find() ? Optional.of(log) : Optional.empty();
                },
                this::log);
    }

    /// Types a command at the shell, when that is there.
    ///
    /// @return what it printed, with its echo before and its status at the end
    public String type(String command) throws IOException {
        await(":~#");
        String mark = "done" + System.nanoTime();
        Pattern end = Pattern.compile(onConsole(mark + "=").pattern() + "[0-9]+\\s");
        // split, so that the echo of the line is not taken for its output
        String line = "\n" + command + "; echo " + mark.substring(0, 4) + "''" + mark.substring(4) + "=$?\n";
        try (SocketChannel socket =
                SocketChannel.open(UnixDomainSocketAddress.of(home.resolve("run/vm." + vm + "/console.sock")))) {
            int before = log().length();
            socket.write(ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8)));
            socket.configureBlocking(false);
            ByteBuffer read = ByteBuffer.allocate(1 << 16);
            return Await.until(
                    "the end of '" + command + "' in " + vm,
                    Installation.LIMIT,
                    () -> {
                        // what nobody reads here would stop the guest; all of it is in the log
                        while (socket.read(read.clear()) > 0) {}
                        String all = log().substring(before);
                        Matcher match = end.matcher(all);
                        return match.find() ? Optional.of(all.substring(0, match.end())) : Optional.empty();
                    },
                    () -> log().substring(before));
        }
    }
}
