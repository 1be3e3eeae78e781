package vmlan.qemu.language.backend;

import static vmlan.qemu.language.backend.Remedy.say;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import vmlan.qemu.language.Backend;
import vmlan.qemu.language.BackendOption;
import vmlan.qemu.language.Dialect;
import vmlan.qemu.language.NetworkOption;

/// About the texts of parsing, names, NICs and peers (QEMU util/qemu-option.c, util/keyval.c, qapi/, net/net.c,
/// hw/core/qdev*.c).
final class SyntaxRemedies {
    private static final String MAC = "write six bytes, the first one even: mac=52:54:00:12:34:56";

    static final List<Remedy> ALL = List.of(
            say("Parameter 'ifname' is missing", SyntaxRemedies::interfaceName),
            say(
                    "Parameter 'id' is missing",
                    asked -> "add id=net0, and a NIC that takes it: -device virtio-net-pci,netdev=net0"),
            say("Parameter 'type' is missing", SyntaxRemedies::typeMissing),
            say(
                    "Parameter 'driver' is missing",
                    asked -> keyMissing(asked, "driver", "name the device first: -device virtio-net-pci,netdev=net0")),
            say("Parameter '(addr|local|remote)' is missing", "add {1}.type=unix,{1}.path=/path/of/the.sock"),
            say("Parameter '((?:addr|local|remote)\\.type)' is missing", "add {1}=unix, inet or fd"),
            say("Parameter '(.*)' is missing", "add {1}="),
            say("Parameter 'type' does not accept value '(.*)'", SyntaxRemedies::unknownType),
            say("Parameter '(.*)' does not accept value '(.*)'", "write another value for {1}: {2} is none"),
            say("Invalid parameter type for '(.*)', expected: (.*)", "write a {2} for {1}"),
            say("Parameter '(.*)' expects 'on' or 'off'", "write {1}=on or {1}=off"),
            say(
                    "Parameter '(.*)' expects an identifier",
                    "begin {1} with a letter, and use letters, digits, - . _ only"),
            say(
                    "Parameter '(.*)' expects (?:an? )?(?:u?int\\d+(?:_t)?|number|integer|size|uint64 value|int64 value"
                            + "|non-negative number).*",
                    "write a whole number that fits for {1}"),
            say("Parameter '(.*)' expects (.*)", "write {2} for {1}"),
            say(
                    "Parameter '(.*)' is out of range.*|Value '(.*)' is too large for parameter '.*'",
                    "write a smaller one"),
            say("(?:Parameter '(.*)' is unexpected|Invalid parameter '(.*)')", SyntaxRemedies::unknownKey),
            say("Duplicate ID '(.*)'(?: for .*)?", "give one of the two another id than {1}"),
            say("Duplicate device ID '(.*)'", "give one of the two another id than {1}"),
            say("short-form boolean option '(.*)' deprecated", SyntaxRemedies::flag),
            say("Duplicate (?:parameter|key) '?(.*?)'?", "write {1} once"),
            say("netdev (\\S+) has no peer", SyntaxRemedies::noPeer),
            say(
                    "nic (\\S+) has no peer",
                    "give the device a backend: -netdev user,id=net0 and netdev=net0 at the device"),
            say(
                    "hub port (\\S+) has no peer",
                    "nothing is plugged into that port: leave it out, or give it a NIC (-device …,netdev={1})"),
            say("hub (\\d+) with no nics", "add -net nic; or write -nic instead of -net, which makes both"),
            say("hub (\\d+) is not connected to host network", "add -net user, or another backend"),
            say(
                    "network backend 'nic' is not compiled into this binary",
                    "-netdev makes backends only: write -device virtio-net-pci,netdev=ID for the NIC"),
            say("network backend '(.*)' is not compiled into this binary", SyntaxRemedies::notBuilt),
            say("network backend '(.*)' is only supported with -netdev/-nic", "write -netdev {1},id=net0,…"),
            say("invalid syntax for ethernet address", MAC),
            say("NIC cannot have multicast MAC address", SyntaxRemedies::multicast),
            say("Unsupported NIC model: (.*)", SyntaxRemedies::model),
            say("'(.*)' is not a valid device model name", SyntaxRemedies::model),
            say(
                    "No default NIC model for this machine type|.*does not (?:have|support).*NIC.*",
                    "use -netdev with -device and a NIC that this machine can have"),
            say("Property '(\\S+)\\.netdev' can't find value '(.*)'", SyntaxRemedies::netdevMissing),
            say(
                    "Property '(\\S+)\\.netdev' can't take value '(.*)', it's in use",
                    "a backend has one NIC: add another -netdev with an id of its own"),
            say("Property '(\\S+)\\.mac' doesn't take value '(.*)'", MAC),
            say("Property '(\\S+)\\.(\\S+)' doesn't take value '(.*)'", "write another value for {2}: {3} is none"),
            say("Property '(\\S+?)\\.(\\S+)' not found", "leave {2} out; -device {1},help lists what there is"),
            say("can't apply global .*|Property .*", "-device DRIVER,help lists the properties and what they take"),
            say(
                    "no more on-board/default NIC slots available|[Tt]oo [Mm]any NICs",
                    "-nic makes eight at most: use -netdev with -device virtio-net-pci for more"),
            say(
                    "requested NIC .* was not created .*",
                    "this machine has no NIC of its own: write -netdev …,id=net0 -device virtio-net-pci,netdev=net0"),
            say("invalid # of vectors: .*", "leave vectors= out"),
            say(
                    "No '(.*)' bus found for device '(.*)'",
                    "this machine has no {1} bus: use another -M, or the NIC that it has (virtio-net-device)"),
            say("Bus '(.*)' not found", "leave bus={1} out, or make that bus first"),
            say("Device '(.*)' could not be initialized", "check the options of {1}"),
            say("netdev '(.*)' not found.*", "add -netdev user,id={1}"),
            say("JSON nesting depth limit exceeded", "nest it less: no option has more than three levels"),
            say(
                    "there is no (\\S+) \"(.*)\" defined",
                    "write -set behind the -{1} whose id it names; JSON, stream and dgram take none"),
            say("can't parse: .*", "write -set netdev.ID.KEY=VALUE"),
            say("-set is not supported with (.*)", "write it at -{1} itself"),
            say("netdev=(.*) conflicts, and override is not implemented", "leave netdev= out here, or at -global"),
            say(
                    "JSON parse error.*|Expecting .*|QMP input .*",
                    "write JSON with double quotes, commas and braces: '{\"type\": \"user\", \"id\": \"net0\"}'"),
            say("Expected '=' after parameter '(.*)'", "write {1}=VALUE; a flag is {1}=on"),
            say("Expected (?:parameter|'.*') .*", "write key=value, with commas between"),
            say("No implicit parameter name for value '(.*)'", "write key={1}"),
            say("Parameters? '(.*)' used inconsistently", "use {1} as a value or with dotted keys, not both"),
            say("Parameter '(.*)' (?:is|has been) (?:deprecated|removed).*", "leave {1} out"),
            say("Parameter '(.*)' used .*", "write {1} in one way only"),
            say("Parameters '(.*)\\.\\*' are unexpected", "write {1}=VALUE, without a dot behind it"),
            say("Parameter '(.*)' missing", "number the elements of a list from 0 without a gap: add {1}="),
            say("Parameter(?: fragment)? '.*' is too long", "write a shorter key"),
            say("Help is not available for this option", "leave help out; `-netdev help` lists the backends"),
            say(
                    "Invalid PCI device address (.*) for device .*",
                    "write addr=SLOT in hexadecimal, 0 to 1f, or leave it out"),
            say("parameter 'ipv6-net' expects a number after '/'", "write ipv6-net=fec0::/64"),
            say("Invalid parameter type.*", "write another value"),
            say("requires an argument", "write the value behind it"),
            say("invalid option", "leave it out, or check how it is written"),
            say(
                    "cannot load: .*|[Cc]ould not (?:open|read) .*|(?:can't open|cannot open|read config) .*",
                    "check that the file is there and that you may read it"),
            say(
                    "(?:parse error|no group defined|bad|There is no option group) .*|no group defined",
                    "write sections as [netdev \"ID\"], and in them key = \"value\""));

    private SyntaxRemedies() {}

    private static String interfaceName(Remedy.Asked asked) {
        List<String> nics = asked.surroundings().bridgeableNics();
        if (!asked.type().equals("vmnet-bridged")) {
            return "add ifname= and the name of the interface";
        }
        return nics.isEmpty()
                ? "add ifname= and the name of a NIC of this host (`vmlan interfaces`)"
                : "add ifname=" + asked.surroundings().nicToBridge().orElseThrow() + "; bridgeable here: "
                        + String.join(", ", nics) + " (`vmlan interfaces`)";
    }

    /// In a file of `-readconfig` a setting without blanks is one key.
    private static String keyMissing(Remedy.Asked asked, String key, String words) {
        if (asked.option() == null || !asked.option().at().isInFile()) {
            return words;
        }
        String example = key + " = \"" + (key.equals("driver") ? "virtio-net-pci" : "user") + "\"";
        boolean glued = asked.option().settings().entries().stream()
                .anyMatch(entry -> entry.key().startsWith(key + "="));
        return glued ? "put blanks round the =: " + example : "add a line to the section: " + example;
    }

    private static String typeMissing(Remedy.Asked asked) {
        boolean dotted = asked.option() != null
                && asked.option().settings().entries().stream()
                        .anyMatch(entry -> entry.key().indexOf('.') >= 0);
        if (asked.is(NetworkOption.Kind.NIC) && dotted) {
            return "-nic takes no dotted keys: write -netdev " + asked.type()
                    + ",id=net0,… -device virtio-net-pci,netdev=net0";
        }
        return keyMissing(asked, "type", "name the backend first: user, or one of `-netdev help`");
    }

    private static String unknownType(Remedy.Asked asked) {
        String type = asked.group(1);
        if (type.equals("vmnet-macos")) {
            return "it was never released: write vmnet-bridged,ifname=NIC, or vmnet-shared or vmnet-host";
        }
        Collection<String> known = asked.dialect().backends();
        if (Dialect.SERVABLE.contains(type)) {
            return lacks(type) + ": put `vmlan qemu` before the line, and vmlan serves "
                    + (type.equals("passt") ? "it" : type);
        }
        List<String> meant = new ArrayList<>(known);
        meant.addAll(Dialect.SERVABLE);
        String has = "this QEMU has " + Remedies.list(known);
        return Remedies.closest(type, meant)
                .map(word -> "write " + word + "; "
                        + (known.contains(word) ? has : lacks(word) + ", and `vmlan qemu` before the line serves it"))
                .orElse("write another one; " + has);
    }

    private static String lacks(String type) {
        return type.equals("passt") ? "passt needs QEMU 10.1" : "this QEMU has no vmnet, which needs macOS";
    }

    private static String flag(Remedy.Asked asked) {
        String word = asked.group(1);
        boolean off = word.startsWith("no");
        return "write " + (off ? word.substring(2) + "=off" : word + "=on");
    }

    private static String notBuilt(Remedy.Asked asked) {
        return "use a QEMU that has " + asked.group(1) + "; this one has "
                + Remedies.list(asked.dialect().backends());
    }

    private static String unknownKey(Remedy.Asked asked) {
        String key = Optional.ofNullable(asked.group(1)).orElse(asked.group(2));
        if (key == null || key.isEmpty()) {
            return "write key=value, with commas between";
        }
        int glue = key.indexOf('=');
        if (glue > 0 && asked.option() != null && asked.option().at().isInFile()) {
            return "put blanks round the =: " + key.substring(0, glue) + " = " + key.substring(glue + 1);
        }
        if (key.equals("macaddr") && !asked.is(NetworkOption.Kind.NET)) {
            return "it is mac= here; macaddr= belongs to -net nic";
        }
        if (key.equals("mac") && asked.is(NetworkOption.Kind.NETDEV)) {
            return "the MAC belongs to the NIC: -device virtio-net-pci,netdev=" + asked.value("id", "net0") + ",mac="
                    + asked.value("mac", "52:54:00:12:34:56");
        }
        if (key.equals("model") && asked.is(NetworkOption.Kind.NETDEV)) {
            return "the model belongs to the NIC: -device " + asked.value("model", "virtio-net-pci") + ",netdev="
                    + asked.value("id", "net0");
        }
        if (key.equals("reconnect-ms") && !asked.dialect().version().isAtLeast(9, 2)) {
            return asked.dialect().version().isAtLeast(8, 0)
                    ? "reconnect-ms= needs QEMU 9.2: write reconnect=1"
                    : "this QEMU cannot connect again: leave it out, or let it listen with server=on";
        }
        if (key.equals("reconnect")) {
            return asked.dialect().version().isAtLeast(8, 0)
                    ? "write reconnect-ms=1000"
                    : "this QEMU cannot connect again: leave it out, or let it listen with server=on";
        }
        if (key.indexOf('.') >= 0 && asked.is(NetworkOption.Kind.NIC)) {
            return "-nic takes no dotted keys: write -netdev " + asked.type()
                    + ",id=net0,… -device virtio-net-pci,netdev=net0";
        }
        return asked.type().isEmpty() ? "leave " + key + " out" : similarKey(asked, key);
    }

    /// One that the backend has and that looks like it, or all of them.
    private static String similarKey(Remedy.Asked asked, String key) {
        List<String> known = Backend.of(asked.type()).map(Backend::options).orElse(List.of()).stream()
                .filter(option -> asked.dialect().takes(asked.type(), option))
                .map(BackendOption::name)
                .toList();
        if (known.isEmpty()) {
            return "leave " + key + " out: " + asked.type() + " has no such option";
        }
        return Remedies.closest(key, known)
                .map(word -> "write " + word + "=")
                .orElse("leave " + key + " out; " + asked.type() + " has " + Remedies.list(known));
    }

    private static String netdevMissing(Remedy.Asked asked) {
        String known = "write the id of a -netdev that is there";
        return asked.group(2).matches("[A-Za-z][-A-Za-z0-9._]*")
                ? "add -netdev user,id=" + asked.group(2) + ", or " + known
                : known;
    }

    private static String noPeer(Remedy.Asked asked) {
        String type = asked.type().isEmpty() ? "TYPE" : asked.type();
        return "the guest has no NIC for it: add -device virtio-net-pci,netdev=" + asked.group(1) + ", or write -nic "
                + type + ",… instead of -netdev";
    }

    private static String multicast(Remedy.Asked asked) {
        String mac = asked.option() == null ? "" : asked.option().mac().orElse("");
        if (!mac.matches("[0-9a-fA-F]{2}:.*")) {
            return MAC;
        }
        int first = Integer.parseInt(mac.substring(0, 2), 16) & 0xfe;
        return "make the first byte even: " + String.format("%02x", first) + mac.substring(2);
    }

    private static String model(Remedy.Asked asked) {
        if (asked.is(NetworkOption.Kind.DEVICE)) {
            List<String> nics = asked.dialect().drivers().stream()
                    .filter(Dialect.Driver::network)
                    .map(Dialect.Driver::name)
                    .toList();
            return "write -device "
                    + Remedies.closest(asked.group(1), nics).orElse("virtio-net-pci")
                    + ",netdev=ID; `-device help` lists the devices";
        }
        List<String> models = asked.dialect().nicModels();
        if (models.isEmpty()) {
            return "`-nic model=help` lists the models; virtio-net-pci is the fast one";
        }
        return "write model="
                + Remedies.closest(asked.group(1), models)
                        .orElse(models.contains("virtio-net-pci") ? "virtio-net-pci" : models.getFirst())
                + "; this machine has " + Remedies.list(models);
    }
}
