package vmlan.tests.language;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import vmlan.qemu.language.Backend;
import vmlan.qemu.language.BackendOption;

/// Makes up command lines from the table of backends: each has one to three network options with values that are right
/// or nearly so, and now and then something is left out, doubled or misspelt. Nothing in them runs a program.
final class LineGenerator {
    /// Those that run something, or whose answer depends on what is installed.
    private static final List<String> LEFT_OUT =
            List.of("smb", "smbserver", "guestfwd", "helper", "script", "downscript");
    /// What is unknown to every QEMU, and keys of other backends.
    private static final List<String> FOREIGN =
            List.of("bogus", "foo", "ifname", "mac", "model", "hubid", "addr.path", "a");

    private static final List<String> DRIVERS =
            List.of("e1000", "virtio-net-pci", "virtio-net", "rtl8139", "e1000-82540em", "vmxnet3", "nope", "usb-net");
    /// Some drivers have them, and some have not.
    private static final List<String> PROPERTIES = List.of(
            "addr=0x9",
            "mq=on",
            "macaddr=52:54:00:00:00:02",
            "bootindex=1",
            "model=e1000",
            "romfile=",
            "host_mtu=1400");

    private static final List<String> MACS = List.of(
            "52:54:00:12:34:56",
            "52:54:00:00:00:01",
            "01:00:5e:00:00:01",
            "52-54-00-12-34-57",
            "52:54:00:12:34",
            "x",
            "",
            "1",
            "00:00:00:00:00:00",
            "52:54:00:12:34:5g");

    private final Random random;
    private final List<Backend> backends;

    private LineGenerator(long seed) {
        random = new Random(seed);
        backends = Backend.all().stream()
                .sorted(Comparator.comparing(Backend::type))
                .toList();
    }

    /// @return each with what every line begins with; the same for the same seed
    static List<List<String>> lines(long seed, int count) {
        LineGenerator generator = new LineGenerator(seed);
        List<List<String>> lines = new ArrayList<>();
        while (lines.size() < count) {
            lines.add(generator.line());
        }
        return lines;
    }

    private List<String> line() {
        List<String> words = new ArrayList<>();
        boolean devices = chance(4);
        for (int options = 1 + random.nextInt(chance(3) ? 3 : 1); options > 0; options--) {
            option(words);
        }
        if (devices) {
            for (int count = 1 + random.nextInt(2); count > 0; count--) {
                device(words);
            }
        }
        String machine = devices && !chance(4) ? "q35" : "none";
        return CommandLines.of(machine, words);
    }

    private void option(List<String> words) {
        Backend backend = pick(backends);
        switch (random.nextInt(10)) {
            case 0 -> words.addAll(List.of("-net", keys(backend, "macaddr")));
            case 1, 2 -> words.addAll(List.of("-nic", keys(backend, "mac")));
            case 3, 4 -> words.addAll(List.of("-netdev", json(backend)));
            default -> words.addAll(List.of(chance(20) ? "--netdev" : "-netdev", keys(backend, null)));
        }
    }

    private void device(List<String> words) {
        List<String> keys = new ArrayList<>(List.of(pick(DRIVERS)));
        if (!chance(6)) {
            keys.add("netdev=n" + random.nextInt(3));
        }
        if (chance(3)) {
            keys.add("mac=" + pick(MACS));
        }
        if (chance(5)) {
            keys.add("id=" + pick(List.of("d0", "d1", "1x")));
        }
        if (chance(4)) {
            keys.add(pick(PROPERTIES));
        }
        words.addAll(List.of("-device", String.join(",", keys)));
    }

    /// @param mac the key that a NIC has for its address; null: it is no NIC
    private String keys(Backend backend, String mac) {
        List<String> keys = new ArrayList<>();
        if (!chance(8) || (mac == null && !chance(20))) {
            keys.add("id=" + id());
        }
        if (mac != null && chance(3)) {
            keys.add(mac + "=" + pick(MACS));
        }
        for (BackendOption option : options(backend)) {
            if (option.type() == BackendOption.Type.ADDRESS) {
                keys.addAll(address(option.name()));
            } else if (option.type() == BackendOption.Type.BOOL && chance(5)) {
                keys.add((chance(2) ? "no" : "") + option.name());
            } else {
                keys.add(option.name() + "=" + value(option));
            }
        }
        mutate(keys);
        Collections.shuffle(keys, random);
        String type = chance(40) ? backend.type() + "x" : backend.type();
        keys.addFirst(chance(15) ? "type=" + type : type);
        return String.join(",", keys);
    }

    private void mutate(List<String> keys) {
        if (chance(6)) {
            keys.add(pick(FOREIGN) + "=" + random.nextInt(3));
        }
        if (chance(12)) {
            keys.add(pick(FOREIGN) + "=" + random.nextInt(3));
        }
        if (!keys.isEmpty() && chance(15)) {
            keys.add(pick(keys));
        }
        if (!keys.isEmpty() && chance(15)) {
            keys.remove(random.nextInt(keys.size()));
        }
    }

    /// Mandatory options mostly, others now and then.
    private List<BackendOption> options(Backend backend) {
        return backend.options().stream()
                .filter(option -> !LEFT_OUT.contains(option.name()))
                .filter(option -> option.mandatory() ? !chance(8) : chance(5))
                .toList();
    }

    private List<String> address(String name) {
        String type = pick(List.of("unix", "inet", "fd", "vsock", "nope"));
        List<String> keys = new ArrayList<>();
        if (!chance(12)) {
            keys.add(name + ".type=" + type);
        }
        if (chance(15)) {
            keys.add(name + "=x");
        }
        Backend kind = Backend.addresses().get(type);
        if (kind != null) {
            options(kind).forEach(option -> keys.add(name + "." + option.name() + "=" + value(option)));
        }
        if (chance(15)) {
            keys.add(name + "." + pick(FOREIGN) + "=1");
        }
        return keys;
    }

    private String json(Backend backend) {
        List<String> members = new ArrayList<>(List.of("\"type\":\"" + backend.type() + "\""));
        if (!chance(15)) {
            members.add("\"id\":" + (chance(20) ? "7" : "\"" + id() + "\""));
        }
        for (BackendOption option : options(backend)) {
            members.add("\"" + option.name() + "\":" + jsonValue(option));
        }
        if (chance(8)) {
            members.add("\"" + pick(FOREIGN) + "\":1");
        }
        if (chance(20)) {
            members.add(pick(members));
        }
        Collections.shuffle(members, random);
        String text = members.stream().collect(Collectors.joining(chance(30) ? " " : ",", "{", "}"));
        return chance(15) ? text.substring(0, random.nextInt(text.length() - 1) + 1) : text;
    }

    private String jsonValue(BackendOption option) {
        if (chance(8)) {
            return pick(List.of("1", "\"x\"", "true", "null", "{}", "[]", "[1]", "-1", "1.5", "99999999999999999999"));
        }
        return switch (option.type()) {
            case BOOL -> chance(2) ? "true" : "false";
            case INT, INT32, UINT16, UINT32, UINT64, SIZE -> pick(List.of("0", "1", "70000", "4294967296", "-1"));
            case LIST -> "[{\"str\":\"" + value(option) + "\"}]";
            case ADDRESS -> {
                List<String> members = address(option.name()).stream()
                        .filter(key -> key.contains("."))
                        .map(key -> key.substring(option.name().length() + 1).split("=", 2))
                        .map(pair -> "\"" + pair[0] + "\":\"" + pair[1] + "\"")
                        .toList();
                yield "{" + String.join(",", members) + "}";
            }
            case TEXT, WORD -> "\"" + value(option) + "\"";
        };
    }

    private String value(BackendOption option) {
        if (chance(12)) {
            return pick(List.of("", "x", "on", "-1", "1.5"));
        }
        return switch (option.type()) {
            case BOOL -> pick(List.of("on", "off", "yes", "no", "true", "false", "y", "n", "1", "ON"));
            case INT, INT32 -> pick(List.of("0", "1", "2", "0x10", "010", "-1", "99999999999", "x", "1x"));
            case UINT16 -> pick(List.of("0", "1", "65535", "65536", "-1", "x", ""));
            case UINT32, UINT64 -> pick(List.of("0", "1", "4294967295", "4294967296", "-1", "0x10", "08"));
            case SIZE -> pick(List.of("0", "1k", "1.5", "1M", "x", "-1", "1kk", "0x10", "1.5k"));
            case WORD -> pick(option.words());
            case LIST, TEXT, ADDRESS -> text(option.name());
        };
    }

    private String text(String name) {
        return switch (name) {
            case "net" -> pick(List.of("10.0.2.0/24", "10.0.2.0/33", "x", "10.0.2.0", "192.168.1.0/30"));
            case "host", "dns", "dhcpstart", "ip", "src", "dst" ->
                pick(List.of("10.0.2.9", "127.0.0.1", "x", "10.0.2.3"));
            case "hostfwd" -> pick(List.of("tcp::0-:80", "udp:127.0.0.1:0-10.0.2.15:53", "tcp::x-:1", "x", "tcp:80"));
            case "ipv6-prefix", "ipv6-host", "ipv6-dns" -> pick(List.of("fec0::", "fd00::2", "x", "::1", "fec0::3"));
            case "ifname" -> pick(List.of("lo", "nope0", "en0"));
            case "fd", "vhostfd" -> pick(List.of("9", "x", "-1"));
            case "fds", "vhostfds", "sock-fds" -> pick(List.of("9:10", "x", "9"));
            case "listen", "connect", "udp", "localaddr" -> pick(List.of("127.0.0.1:0", "x", ":x", "127.0.0.1:99999"));
            case "mcast" -> pick(List.of("230.0.0.1:1234", "127.0.0.1:1", "x"));
            case "port", "srcport", "dstport" -> pick(List.of("0", "9", "x"));
            case "path", "map-path" -> pick(List.of("/nonexistent/x.sock", "x".repeat(108)));
            case "chardev", "netdev" -> pick(List.of("n0", "nope"));
            case "str" -> pick(List.of("9", "x"));
            default -> pick(List.of("x", "a,,b", "10.0.2.7"));
        };
    }

    private String id() {
        return chance(25) ? pick(List.of("1x", "", "a b", "n.0")) : "n" + random.nextInt(3);
    }

    private boolean chance(int oneIn) {
        return random.nextInt(oneIn) == 0;
    }

    private <T> T pick(List<T> from) {
        return from.get(random.nextInt(from.size()));
    }
}
