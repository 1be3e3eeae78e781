package vmlan.host.dns;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import vmlan.host.EventLoop;
import vmlan.network.dns.FixedNames;
import vmlan.network.dns.LocalNames;
import vmlan.packet.IpAddress;

/// The host's own file of names (hosts(5)), as it is now.
public final class HostsFile implements LocalNames {
    public static final Path PLACE = Path.of("/etc/hosts");

    /// Names of this very machine or of groups, which every system has in its file: they mean the guest itself there.
    private static final Set<String> OF_EVERY_MACHINE = Set.of(
            "localhost",
            "localhost.localdomain",
            "localhost4",
            "localhost4.localdomain4",
            "localhost6",
            "localhost6.localdomain6",
            "ip6-localhost",
            "ip6-loopback",
            "ip6-localnet",
            "ip6-mcastprefix",
            "ip6-allnodes",
            "ip6-allrouters",
            "ip6-allhosts",
            "broadcasthost");

    /// A longer one is read on a virtual thread, and what it said before counts meanwhile: 64 KiB are about 2,000
    /// lines, which take a millisecond or two, 5 MB of blocked advertisers some tenths of a second.
    private static final int LENGTH_FOR_THE_LOOP = 0x1_0000;

    private final WatchedFile file;
    private final EventLoop loop;
    private FixedNames names = FixedNames.NONE;

    public HostsFile(Path path, EventLoop loop) {
        this.file = new WatchedFile(path);
        this.loop = loop;
    }

    /// An address and its names on a line; an address that is none, such as one with a zone, which means nothing
    /// elsewhere, makes the line count for nothing.
    static Map<String, List<IpAddress>> parse(String text) {
        Map<String, List<IpAddress>> names = new LinkedHashMap<>();
        for (String line : text.lines().toList()) {
            int comment = line.indexOf('#');
            String[] words =
                    (comment < 0 ? line : line.substring(0, comment)).strip().split("\\s+", -1);
            if (words.length < 2) {
                continue;
            }
            IpAddress address;
            try {
                address = IpAddress.parse(words[0]);
            } catch (IllegalArgumentException e) {
                continue;
            }
            for (int i = 1; i < words.length; i++) {
                String name = words[i].toLowerCase(Locale.ROOT);
                if (!OF_EVERY_MACHINE.contains(name)) {
                    names.computeIfAbsent(name, unknown -> new ArrayList<>(1)).add(address);
                }
            }
        }
        return names;
    }

    private FixedNames names() {
        if (file.hasChanged(loop.now())) {
            if (file.length() <= LENGTH_FOR_THE_LOOP) {
                names = read();
            } else {
                Thread.ofVirtual().name("hosts file").start(() -> {
                    FixedNames read = read();
                    loop.execute(() -> names = read);
                });
            }
        }
        return names;
    }

    private FixedNames read() {
        return new FixedNames(parse(file.read()));
    }

    @Override
    public List<IpAddress> addressesOf(String name) {
        return names().addressesOf(name);
    }

    @Override
    public List<String> namesOf(IpAddress address) {
        return names().namesOf(address);
    }
}
