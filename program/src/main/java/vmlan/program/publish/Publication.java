package vmlan.program.publish;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import vmlan.host.TcpListener;
import vmlan.packet.IpAddress;
import vmlan.packet.Ipv4Header;
import vmlan.packet.Ipv6Header;

/// One rule of one guest, with the sockets that it has.
final class Publication {
    private final Guest guest;
    private PublishRule rule;
    private final List<IpAddress> bound = new ArrayList<>();
    private final List<TcpListener> listeners = new ArrayList<>();
    private final List<Publications.UdpPort> udpPorts = new ArrayList<>();
    /// Why it has no sockets, or null.
    private String problem;
    /// Where it is bound and the host is not any more, or null.
    private IpAddress missing;

    long connections;
    long failures;

    Publication(Guest guest, PublishRule rule) {
        this.guest = guest;
        this.rule = rule;
    }

    Guest guest() {
        return guest;
    }

    /// Where the rule leads.
    Guest target() {
        return guest.at(rule.guestAddress());
    }

    PublishRule rule() {
        return rule;
    }

    void add(TcpListener listener) {
        listeners.add(listener);
    }

    void add(Publications.UdpPort port) {
        udpPorts.add(port);
    }

    void aim() {
        udpPorts.forEach(Publications.UdpPort::aim);
    }

    /// The system has chosen the port of the host.
    void at(int hostPort) {
        rule = rule.at(hostPort);
    }

    void boundAt(IpAddress address) {
        bound.add(address);
    }

    int sockets() {
        return listeners.size() + udpPorts.size();
    }

    String problem() {
        return problem;
    }

    void problem(String why) {
        problem = why;
    }

    /// Why it cannot be reached, or not everywhere; null when it can.
    String shownProblem() {
        return problem != null || missing == null ? problem : "this host has no address " + missing + " now";
    }

    void hostHas(Set<IpAddress> addresses) {
        missing = bound.stream()
                .filter(address -> !address.equals(PublishRule.ANY4)
                        && !address.equals(PublishRule.ANY6)
                        && !isLoopback(address)
                        && !addresses.contains(address))
                .findFirst()
                .orElse(null);
    }

    /// All of 127/8 is the host's, though it lists one.
    private static boolean isLoopback(IpAddress address) {
        return address.isIpv4()
                ? Ipv4Header.isLoopback((int) address.low())
                : Ipv6Header.isLoopback(address.high(), address.low());
    }

    void close() {
        listeners.forEach(TcpListener::close);
        listeners.clear();
        udpPorts.forEach(Publications.UdpPort::close);
        udpPorts.clear();
        bound.clear();
    }

    /// In the shape of docs/control-api.md.
    Map<String, Object> describe() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("vm", guest.vm());
        json.put("port", guest.port().name());
        json.put("rule", rule.toString());
        json.put("bound", bound.stream().map(rule::at).toList());
        json.put("problem", shownProblem());
        json.put("connections", connections);
        json.put("failures", failures);
        return json;
    }
}
