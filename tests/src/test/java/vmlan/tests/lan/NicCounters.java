package vmlan.tests.lan;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.util.Map;
import vmlan.program.files.Fields;

/// A NIC's own counters. A super-frame counts once there, so the mean length tells whether there were any.
record NicCounters(long received, long receivedBytes, long sent, long sentBytes) {
    /// Of a machine's NIC.
    static NicCounters of(TestLan lan, Machine machine) throws IOException, InterruptedException {
        String json = lan.in(machine, "ip", "-j", "-s", "link", "show", "dev", machine.nic());
        @SuppressWarnings("unchecked")
        Fields counters =
                new Fields((Map<String, Object>) JSON.std.listFrom(json).getFirst()).object("stats64");
        return new NicCounters(
                counters.object("rx").number("packets"),
                counters.object("rx").number("bytes"),
                counters.object("tx").number("packets"),
                counters.object("tx").number("bytes"));
    }

    NicCounters since(NicCounters before) {
        return new NicCounters(
                received - before.received,
                receivedBytes - before.receivedBytes,
                sent - before.sent,
                sentBytes - before.sentBytes);
    }

    long bytesPerReceived() {
        return receivedBytes / Math.max(1, received);
    }

    long bytesPerSent() {
        return sentBytes / Math.max(1, sent);
    }
}
