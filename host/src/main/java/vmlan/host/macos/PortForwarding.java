package vmlan.host.macos;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;

/// A port of the host that Apple's NAT leads to a guest's.
///
/// @param udp otherwise TCP
public record PortForwarding(boolean udp, int externalPort, InetAddress internalAddress, int internalPort) {
    private static final int IPV4_BYTES = 4;
    private static final int IPV6_BYTES = 16;

    public PortForwarding {
        if (externalPort < 1 || externalPort > 65_535 || internalPort < 1 || internalPort > 65_535) {
            throw new IllegalArgumentException("ports are 1 to 65535");
        }
    }

    byte protocol() {
        return udp ? VmnetCalls.IPPROTO_UDP : VmnetCalls.IPPROTO_TCP;
    }

    byte family() {
        return family(internalAddress instanceof Inet6Address);
    }

    static byte family(boolean ipv6) {
        return ipv6 ? VmnetCalls.AF_INET6 : VmnetCalls.AF_INET;
    }

    /// @param array of vmnet's rules; NULL for none
    static List<PortForwarding> list(VmnetFramework framework, MemorySegment array, boolean ipv6) {
        List<PortForwarding> rules = new ArrayList<>();
        if (array.address() == 0) {
            return rules;
        }
        long count = framework.xpc().count(array);
        for (long i = 0; i < count; i++) {
            PortForwarding rule = of(framework, framework.xpc().valueAt(array, i), ipv6);
            if (rule != null) {
                rules.add(rule);
            }
        }
        return rules;
    }

    /// @return null when vmnet cannot read its own rule
    private static PortForwarding of(VmnetFramework framework, MemorySegment rule, boolean ipv6) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment protocol = arena.allocate(Symbols.UINT8);
            MemorySegment external = arena.allocate(Symbols.UINT16);
            MemorySegment internal = arena.allocate(Symbols.UINT16);
            MemorySegment address = arena.allocate(ipv6 ? IPV6_BYTES : IPV4_BYTES, Integer.BYTES);
            int status = framework.calls().ruleDetails(rule, protocol, external, family(ipv6), address, internal);
            if (status != VmnetStatus.SUCCESS.code()) {
                return null;
            }
            return new PortForwarding(
                    protocol.get(Symbols.UINT8, 0) == VmnetCalls.IPPROTO_UDP,
                    external.get(Symbols.UINT16, 0),
                    InetAddress.getByAddress(address.toArray(Symbols.UINT8)),
                    internal.get(Symbols.UINT16, 0));
        } catch (UnknownHostException e) {
            throw new AssertionError("an address has 4 or 16 bytes", e);
        }
    }
}
