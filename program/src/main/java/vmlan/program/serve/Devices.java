package vmlan.program.serve;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.IntStream;
import vmlan.host.linux.OpenedNic;
import vmlan.host.linux.Tap;
import vmlan.program.config.NetworkName;
import vmlan.program.config.Vmnet;
import vmlan.program.files.Fields;
import vmlan.program.files.Json;
import vmlan.program.message.Failure;

/// What the opener has opened for a network's process: descriptors that outlive its exec, and what has to be known of
/// them. They travel in an environment variable, as JSON.
///
/// @param nic null for a network without an uplink
/// @param tap null where the host has none
/// @param segment null but where macOS has it; opened by the network's process itself, since it does not outlive an
/// exec
record Devices(OpenedNic nic, Tap tap, OpenedSegment segment) {
    static final String VARIABLE = "VMLAN_DEVICES";
    static final Devices NONE = new Devices(null, null, null);

    /// What this process was started with.
    ///
    /// @throws Failure the network needs devices and there are none: somebody typed `network serve`
    static Devices handedOver(NetworkName name) throws Failure {
        String text = System.getenv(VARIABLE);
        if (text == null) {
            if (!Vmnet.isHere() && name.mode().needsRights()) {
                throw Failure.usage(
                        "the network " + name.text() + " is not served without devices that take rights to open",
                        "start it: sudo vmlan network start " + name.text());
            }
            return NONE;
        }
        try {
            return of(new Fields(Json.object(text.getBytes(StandardCharsets.UTF_8))));
        } catch (IOException | IllegalArgumentException e) {
            throw Failure.usage("$" + VARIABLE + " makes no sense: " + e.getMessage(), "leave it unset");
        }
    }

    private static Devices of(Fields fields) {
        return new Devices(
                fields.optionalText("nic").map(OpenedNic::parse).orElse(null),
                fields.optionalText("tap").map(Tap::parse).orElse(null),
                null);
    }

    /// Those that the process must inherit.
    int[] descriptors() {
        return IntStream.concat(
                        nic == null ? IntStream.empty() : IntStream.of(nic.descriptors()),
                        tap == null ? IntStream.empty() : IntStream.of(tap.fd()))
                .toArray();
    }

    String toJson() {
        Map<String, Object> json = new LinkedHashMap<>();
        if (nic != null) {
            json.put("nic", nic.encode());
        }
        if (tap != null) {
            json.put("tap", tap.encode());
        }
        return Json.compact(json);
    }
}
