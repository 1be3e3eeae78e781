package vmlan.program.vm;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import vmlan.packet.Ipv4Address;
import vmlan.packet.Ipv6Address;
import vmlan.packet.MacAddress;
import vmlan.program.config.NetworkName;
import vmlan.qemu.tool.Tool;

/// What this host itself knows of the guests on networks that are none of ours: the leases of macOS' DHCP server, and
/// whom it has spoken to, by ARP and neighbor discovery.
///
/// One line names an address and, further on, a MAC address, on each system alike:
///
/// ```
/// ? (192.168.64.2) at 52:54:0:12:34:56 on bridge100 ifscope [bridge]          arp -an, macOS
/// 192.168.64.2     0x1         0x2         52:54:00:12:34:56     *    eth0     /proc/net/arp
/// fd12::5054:ff:fe12:3456   52:54:0:12:34:56  bridge100  23h59m50s S           ndp -an, macOS
/// ```
///
/// Trust: other machines choose what stands there. Only addresses are read of it, and nothing is done with one but to
/// print it or to connect to it.
///
/// @param leases of macOS' own networks
/// @param caches the lines
/// @param time when that was so, in seconds since 1970
public record Neighbors(BootpdLeases leases, List<String> caches, long time) {
    /// Where nobody asks.
    public static final Neighbors NONE = of("", "", 0);

    /// Those of QEMU's own networks that macOS' DHCP server serves; on a bridged one it is somebody else's.
    private static final Set<String> SERVED = Set.of(NetworkName.VMNET_SHARED, NetworkName.VMNET_HOST);

    private static final Duration LIMIT = Duration.ofSeconds(5);
    private static final Path ARP = Path.of("/usr/sbin/arp");
    private static final Path NDP = Path.of("/usr/sbin/ndp");
    private static final Path PROC = Path.of("/proc/net/arp");
    private static final int MOST_BYTES = 1 << 20;

    /// Asks the system: blocks for some milliseconds, for five seconds at most by each of two programs.
    public static Neighbors now() {
        boolean linux = Files.exists(PROC);
        String caches = linux ? beginning(PROC) : said(ARP) + "\n" + said(NDP);
        String leases = linux ? "" : beginning(Path.of(BootpdLeases.FILE));
        return of(leases, caches, Instant.now().getEpochSecond());
    }

    static Neighbors of(String leases, String caches, long time) {
        return new Neighbors(BootpdLeases.parse(leases), caches.lines().toList(), time);
    }

    /// Its lease is newer than what the host has spoken to, where macOS gives the addresses.
    public Optional<String> ipv4(Vm.VmNic nic) {
        MacAddress wanted = MacAddress.parse(nic.mac());
        Optional<Ipv4Address> lease = SERVED.contains(nic.network()) ? leases.of(wanted, time) : Optional.empty();
        return lease.or(() -> caches.stream()
                        .filter(line -> names(line, wanted))
                        .flatMap(line ->
                                words(line).stream().map(Neighbors::ipv4Address).flatMap(Optional::stream))
                        .findFirst())
                .map(Ipv4Address::toString);
    }

    /// Those that others can use first; a link-local one means something with its link only, and is left out.
    public List<String> ipv6(String mac) {
        MacAddress wanted = MacAddress.parse(mac);
        return caches.stream()
                .filter(line -> names(line, wanted))
                .flatMap(line -> words(line).stream()
                        .limit(1)
                        .map(Neighbors::ipv6Address)
                        .flatMap(Optional::stream))
                .map(Ipv6Address::toString)
                .filter(address -> !address.startsWith("fe80:"))
                .distinct()
                .collect(Collectors.toList());
    }

    private static boolean names(String line, MacAddress mac) {
        return words(line).stream().anyMatch(word -> mac(word).equals(Optional.of(mac)));
    }

    /// Brackets around an address are not part of it.
    private static List<String> words(String line) {
        return Arrays.stream(line.strip().split("[\\s()]+", 12))
                .filter(word -> !word.isEmpty())
                .toList();
    }

    /// macOS writes no leading zeros (ether_ntoa(3)).
    static Optional<MacAddress> mac(String text) {
        if (!text.matches("[0-9a-fA-F]{1,2}(?::[0-9a-fA-F]{1,2}){5}")) {
            return Optional.empty();
        }
        return Optional.of(MacAddress.parse(Arrays.stream(text.split(":", -1))
                .map(part -> part.length() == 1 ? "0" + part : part)
                .collect(Collectors.joining(":"))));
    }

    static Optional<Ipv4Address> ipv4Address(String text) {
        try {
            return Optional.of(Ipv4Address.parse(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static Optional<Ipv6Address> ipv6Address(String text) {
        try {
            return Optional.of(Ipv6Address.parse(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /// What cannot be read knows nothing.
    private static String beginning(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            return new String(in.readNBytes(MOST_BYTES), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return "";
        }
    }

    private static String said(Path program) {
        try {
            return Files.isExecutable(program)
                    ? Tool.run(LIMIT, List.of(program.toString(), "-an")).output()
                    : "";
        } catch (IOException e) {
            return "";
        }
    }
}
