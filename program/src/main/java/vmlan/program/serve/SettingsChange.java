package vmlan.program.serve;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import vmlan.program.config.HostPort;
import vmlan.program.config.NamedAddresses;
import vmlan.program.config.NetworksFile;
import vmlan.program.files.Fields;

/// What `network set` changes.
///
/// @param allow ports of the host that guests shall reach
/// @param forbid ports of the host that they shall not
/// @param names with their new addresses
/// @param forget names that shall be gone
public record SettingsChange(
        List<HostPort> allow, List<HostPort> forbid, List<NamedAddresses> names, List<String> forget) {
    /// Of each network; one is a line in a file and an entry of a table, so only a mistake has more.
    private static final int MOST = 256;

    public SettingsChange {
        allow = List.copyOf(allow);
        forbid = List.copyOf(forbid);
        names = List.copyOf(names);
        forget = List.copyOf(forget);
    }

    public static SettingsChange allowing(List<HostPort> ports) {
        return new SettingsChange(ports, List.of(), List.of(), List.of());
    }

    public boolean isNone() {
        return allow.isEmpty() && forbid.isEmpty() && names.isEmpty() && forget.isEmpty();
    }

    /// @throws IllegalArgumentException that says what cannot be
    NetworkSettings applied(NetworkSettings settings) {
        if (!settings.mode().hasGateway()) {
            throw new IllegalArgumentException("the network " + settings.name() + " has no gateway of ours: "
                    + (settings.mode().hasUplink()
                            ? "guests reach the host on the LAN itself, and ask the LAN's DNS"
                            : "guests reach nobody but each other"));
        }
        refuseWhatTheFileSays(settings);
        TreeSet<HostPort> ports = new TreeSet<>(settings.allowedHostPorts());
        for (HostPort port : forbid) {
            if (!ports.remove(port)) {
                throw new IllegalArgumentException("port " + port + " of the host is not open to guests anyway");
            }
        }
        ports.addAll(allow);
        TreeMap<String, NamedAddresses> named = new TreeMap<>();
        settings.names().forEach(name -> named.put(name.name(), name));
        for (String name : forget) {
            if (named.remove(name) == null) {
                throw new IllegalArgumentException("the network " + settings.name() + " has no name '" + name + "'");
            }
        }
        names.forEach(name -> named.put(name.name(), name));
        if (ports.size() > MOST || named.size() > MOST) {
            throw new IllegalArgumentException(
                    "a network has at most " + MOST + " ports of the host and as many names");
        }
        return settings.with(
                isSaid(settings, "allow-host") ? settings.ownHostPorts() : List.copyOf(ports),
                isSaid(settings, "names") ? settings.ownNames() : List.copyOf(named.values()));
    }

    /// One place for each setting: what the file says, no command changes beside it. To allow what it allows is no
    /// change.
    private void refuseWhatTheFileSays(NetworkSettings settings) {
        boolean ports = !settings.allowedHostPorts().containsAll(allow) || !forbid.isEmpty();
        boolean others = !settings.names().containsAll(names) || !forget.isEmpty();
        for (String setting : List.of("allow-host", "names")) {
            if ((setting.equals("names") ? others : ports) && isSaid(settings, setting)) {
                throw new IllegalArgumentException(setting + " of the network " + settings.name() + " is said by "
                        + NetworksFile.NAME + ", so it is changed there");
            }
        }
    }

    private static boolean isSaid(NetworkSettings settings, String setting) {
        return settings.block() != null && settings.block().toJson().containsKey(setting);
    }

    Map<String, Object> toJson() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("allowHost", texts(allow));
        json.put("forbidHost", texts(forbid));
        json.put("names", NamedAddresses.toJson(names));
        json.put("forgetNames", forget);
        return json;
    }

    /// @throws IllegalArgumentException that names what makes no sense
    static SettingsChange ofJson(Fields json) {
        List<String> unknown = json.values().keySet().stream()
                .filter(key -> !List.of("allowHost", "forbidHost", "names", "forgetNames")
                        .contains(key))
                .toList();
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException("a network has no setting " + String.join(", ", unknown));
        }
        return new SettingsChange(
                ports(json.texts("allowHost")),
                ports(json.texts("forbidHost")),
                json.object("names").values().entrySet().stream()
                        .map(NamedAddresses::ofJson)
                        .toList(),
                json.texts("forgetNames"));
    }

    static List<String> texts(List<HostPort> ports) {
        return ports.stream().map(HostPort::toString).toList();
    }

    static List<HostPort> ports(List<String> texts) {
        return texts.stream().map(HostPort::parse).toList();
    }
}
