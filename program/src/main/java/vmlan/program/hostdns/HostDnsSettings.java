package vmlan.program.hostdns;

import java.io.IOException;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import vmlan.program.files.Fields;
import vmlan.program.files.Places;
import vmlan.program.files.StateFile;
import vmlan.program.message.Failure;

/// `state/dns.json`: there from `dns install` until `dns remove`.
///
/// @param resolver what was told
/// @param port of 127.0.0.1
public record HostDnsSettings(HostResolver resolver, int port) {
    private static final String NAME = "dns.json";

    /// @param report takes a line about a damaged file
    public static Optional<HostDnsSettings> read(Places places, Consumer<String> report) throws Failure {
        StateFile file = file(places);
        try {
            Optional<Map<String, Object>> content = file.read(report);
            if (content.isEmpty()) {
                return Optional.empty();
            }
            try {
                Fields fields = new Fields(content.get());
                long port = fields.number("port");
                if (port < 1024 || port > 0xffff) {
                    throw new IllegalArgumentException("the port " + port + " is none of ours");
                }
                return Optional.of(new HostDnsSettings(
                        HostResolver.valueOf(
                                fields.text("resolver").toUpperCase(Locale.ROOT).replace('-', '_')),
                        (int) port));
            } catch (IllegalArgumentException e) {
                file.setAside(e.getMessage(), report);
                return Optional.empty();
            }
        } catch (IOException e) {
            throw failed(file, e);
        }
    }

    void write(Places places) throws Failure {
        places.state();
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("resolver", resolver.word());
        json.put("port", port);
        StateFile file = file(places);
        try {
            file.write(json);
        } catch (IOException e) {
            throw failed(file, e);
        }
    }

    static void forget(Places places) throws Failure {
        StateFile file = file(places);
        try {
            Files.deleteIfExists(file.path());
        } catch (IOException e) {
            throw failed(file, e);
        }
    }

    private static StateFile file(Places places) {
        return new StateFile(places.stateIfAny(NAME));
    }

    private static Failure failed(StateFile file, IOException e) {
        return Failure.world(
                file.path() + " cannot be used: " + Places.reason(e), "check its permissions and the space there", e);
    }
}
