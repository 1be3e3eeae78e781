package vmlan.tests.tcp;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/// The namespace's knobs of TCP (Documentation/networking/ip-sysctl.rst), by chance.
///
/// @param values by name below /proc/sys/net/ipv4
record KernelSettings(Map<String, String> values) {
    /// Each option on or off by the number's bits, so that eight rounds have all combinations.
    static KernelSettings of(int round, SplittableRandom random) {
        Map<String, String> values = new TreeMap<>();
        values.put("tcp_sack", bit(round, 0));
        values.put("tcp_timestamps", bit(round, 1));
        values.put("tcp_window_scaling", bit(round, 2));
        values.put("tcp_dsack", random.nextBoolean() ? "1" : "0");
        // 1: asks for it by flags in the SYN that a stack without ECN must not mind (RFC 3168 §6.1.1)
        values.put("tcp_ecn", random.nextBoolean() ? "1" : "2");
        // whether a receiver takes back what it has offered (RFC 9293 §3.8.6.2.1)
        values.put("tcp_shrink_window", random.nextInt(3) == 0 ? "1" : "0");
        values.put("tcp_autocorking", random.nextBoolean() ? "1" : "0");
        values.put("tcp_mtu_probing", random.nextInt(3) == 0 ? "2" : "0");
        return new KernelSettings(values);
    }

    private static String bit(int round, int bit) {
        return ((round >> bit) & 1) == 0 ? "1" : "0";
    }

    /// Sets them for the namespace that this process is in.
    void apply() throws IOException {
        for (Map.Entry<String, String> value : values.entrySet()) {
            Path file = Path.of("/proc/sys/net/ipv4", value.getKey());
            if (Files.exists(file)) { // a kernel before 6.1 has no tcp_shrink_window
                Files.writeString(file, value.getValue());
            }
        }
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        values.forEach((name, value) ->
                text.append(' ').append(name.substring(4)).append('=').append(value));
        return text.substring(1);
    }
}
