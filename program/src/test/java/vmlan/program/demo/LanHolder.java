package vmlan.program.demo;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import vmlan.program.message.Failure;

/// A process of its own that builds the LAN, says what a test wants to know of it, and waits. The test kills it.
final class LanHolder {
    private LanHolder() {}

    public static void main(String[] arguments) throws Exception {
        try (DemoLan lan = DemoLan.build(false)) {
            // of the kind that only the namespace's end ends
            lan.start(Place.HOST, List.of("sleep", "600"), ProcessBuilder.Redirect.DISCARD);
            System.out.println("folder " + lan.folder());
            for (Place place : Place.values()) {
                System.out.println("keeper " + lan.prefix(place).get(2));
            }
            System.out.println("ping " + lan.station(Place.HOST).ping(AddressPlan.OUTSIDE6, Duration.ofSeconds(50)));
            Optional<DnsmasqRouter> dnsmasq = DnsmasqRouter.find();
            if (dnsmasq.isPresent()) {
                dnsmasq.get().start(lan);
            }
            System.out.println("router " + dnsmasq.map(Router::description).orElse("none"));
            System.out.println("built");
            System.in.read();
        } catch (Failure e) {
            System.out.println("failed " + e.what() + "; " + e.remedy());
        }
    }
}
