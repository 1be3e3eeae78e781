package vmlan.program.demo;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import vmlan.packet.Ipv4Prefix;
import vmlan.packet.Ipv6Prefix;
import vmlan.packet.MacAddress;
import vmlan.program.config.MacTranslation;
import vmlan.program.config.NetworkName;
import vmlan.program.config.UplinkChoice;
import vmlan.program.files.Places;
import vmlan.program.message.Failure;
import vmlan.program.serve.NetworkSettings;
import vmlan.program.serve.Subnet;
import vmlan.qemu.tool.Tool;

/// Our own gateway as the LAN's router, where dnsmasq is not installed: it answers on `r0` by a packet socket and has a
/// tap for what is for elsewhere, which the router's kernel forwards.
///
/// ```
/// br0 ═ r0 ─ packet socket ─ Switch ─ Gateway ─ tap 192.168.77.1 ─ kernel ─ w0 ═ outside
/// ```
public final class EngineRouter implements Router {
    private static final Duration START_LIMIT = Duration.ofSeconds(60);
    private static final String NETWORK = "router-r0";
    /// Another one than that of `r0`, whose own stack is silent.
    private static final String GATEWAY_MAC = "02:00:00:00:77:02";

    private final String launcher;

    /// @param launcher `./vmlan`
    public EngineRouter(String launcher) {
        this.launcher = launcher;
    }

    @Override
    public String description() {
        return "vmlan's own gateway";
    }

    @Override
    public void start(DemoLan lan) throws Failure {
        Path home = lan.folder().resolve("router");
        Subnet subnet = new Subnet(
                Ipv4Prefix.parse(AddressPlan.NETWORK4),
                Ipv6Prefix.parse(AddressPlan.NETWORK6),
                MacAddress.parse(GATEWAY_MAC));
        new NetworkSettings(
                        NetworkName.of(NETWORK),
                        subnet,
                        new UplinkChoice(MacTranslation.OFF, null),
                        List.of(),
                        List.of())
                .written(Places.in(home));
        run(lan, "sh", "-ec", "ip address flush dev r0; echo 1 >/proc/sys/net/ipv6/conf/r0/disable_ipv6");
        run(
                lan,
                "env",
                "VMLAN_HOME=" + home,
                "VMLAN_NO_BUILD=1",
                "VMLAN_RIGHTS=",
                "VMLAN_IDLE_SECONDS=" + Duration.ofDays(7).toSeconds(),
                launcher,
                "network",
                "start",
                NETWORK);
    }

    private static void run(DemoLan lan, String... command) throws Failure {
        List<String> words = new ArrayList<>(lan.prefix(Place.ROUTER));
        words.addAll(List.of(command));
        try {
            Tool tool = Tool.run(START_LIMIT, words);
            if (!tool.succeeded()) {
                throw Failure.world("our own router does not start: " + tool.lastLine(), "install dnsmasq");
            }
        } catch (IOException e) {
            throw Failure.world("our own router cannot be started: " + e.getMessage(), "install dnsmasq", e);
        }
    }

    @Override
    public void close() {
        // Its process ends with the namespace.
    }
}
