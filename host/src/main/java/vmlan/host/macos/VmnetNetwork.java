package vmlan.host.macos;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import vmlan.packet.Ipv4Address;
import vmlan.packet.Ipv6Address;
import vmlan.packet.MacAddress;

/// A network of macOS 26, of which interfaces are started: its subnet stays reserved until it is closed, and
/// its parts (DHCP, NAT and so on) can be left out.
///
/// It does not leave the process: one that comes from another process can only be used by the same executable
/// (the framework ends others by SIGTRAP, says Code-Hex/vz), and a JVM is everybody's.
public final class VmnetNetwork implements AutoCloseable {
    /// vmnet takes no other length.
    private static final byte PREFIX_LENGTH = 64;

    private static final int MAC_BYTES = 6;

    private final VmnetFramework framework;
    private final VmnetMode mode;
    private final NetworkCalls calls;
    private final long handle;
    private boolean closed;

    private VmnetNetwork(VmnetFramework framework, VmnetMode mode, NetworkCalls calls, long handle) {
        this.framework = framework;
        this.mode = mode;
        this.calls = calls;
        this.handle = handle;
    }

    /// Not the event loop's thread.
    public static VmnetNetwork create(VmnetFramework framework, VmnetNetworkPlan plan) throws VmnetException {
        NetworkCalls calls = framework.networks();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment status = arena.allocate(Symbols.INT);
            long configuration = calls.configure(plan.mode().code(), status);
            check("vmnet_network_configuration_create", configuration, status);
            try {
                configure(calls, configuration, plan, arena);
                long network = calls.create(configuration, status);
                check("vmnet_network_create", network, status);
                return new VmnetNetwork(framework, plan.mode(), calls, network);
            } finally {
                calls.release(configuration);
            }
        }
    }

    private static void check(String name, long object, MemorySegment status) throws VmnetException {
        if (object == 0) {
            throw VmnetException.of(name, status.get(Symbols.INT, 0), "");
        }
    }

    private static void configure(NetworkCalls calls, long configuration, VmnetNetworkPlan plan, Arena arena)
            throws VmnetException {
        if (plan.subnet() != null) {
            check(
                    "set_ipv4_subnet",
                    calls.set(
                            configuration,
                            "set_ipv4_subnet",
                            address(plan.subnet(), arena),
                            address(plan.mask(), arena)));
        }
        if (plan.prefix() != null) {
            check("set_ipv6_prefix", calls.setIpv6Prefix(configuration, address(plan.prefix(), arena), PREFIX_LENGTH));
        }
        if (plan.mtu() != null) {
            check("set_mtu", calls.set(configuration, "set_mtu", plan.mtu()));
        }
        if (plan.externalIfName() != null) {
            check(
                    "set_external_interface",
                    calls.set(configuration, "set_external_interface", arena.allocateFrom(plan.externalIfName())));
        }
        for (VmnetNetworkPlan.Service service : plan.without()) {
            calls.disable(configuration, service.function());
        }
        for (VmnetNetworkPlan.Reservation reservation : plan.reservations()) {
            check(
                    "add_dhcp_reservation",
                    calls.set(
                            configuration,
                            "add_dhcp_reservation",
                            address(reservation.mac(), arena),
                            address(reservation.address(), arena)));
        }
        for (PortForwarding rule : plan.forwardings()) {
            byte[] bytes = rule.internalAddress().getAddress();
            MemorySegment address = arena.allocate(bytes.length, Integer.BYTES);
            address.copyFrom(MemorySegment.ofArray(bytes));
            check(
                    "add_port_forwarding_rule",
                    calls.addForwarding(
                            configuration,
                            rule.protocol(),
                            rule.family(),
                            rule.internalPort(),
                            rule.externalPort(),
                            address));
        }
    }

    private static void check(String name, int status) throws VmnetException {
        VmnetException.check("vmnet_network_configuration_" + name, status);
    }

    /// struct in_addr: in network order
    private static MemorySegment address(Ipv4Address address, Arena arena) {
        MemorySegment bytes = arena.allocate(Integer.BYTES, Integer.BYTES);
        bytes.asByteBuffer().putInt(address.bits());
        return bytes;
    }

    /// struct in6_addr
    private static MemorySegment address(Ipv6Address address, Arena arena) {
        MemorySegment bytes = arena.allocate(2 * Long.BYTES, Integer.BYTES);
        bytes.asByteBuffer().putLong(address.high()).putLong(address.low());
        return bytes;
    }

    /// struct ether_addr
    private static MemorySegment address(MacAddress mac, Arena arena) {
        MemorySegment bytes = arena.allocate(MAC_BYTES);
        ByteBuffer buffer = bytes.asByteBuffer();
        for (int i = MAC_BYTES - 1; i >= 0; i--) {
            buffer.put((byte) (mac.bits() >> (8 * i)));
        }
        return bytes;
    }

    /// The subnet that it has, also where vmnet chose it.
    public VmnetSubnet subnet() throws VmnetException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment subnet = arena.allocate(Integer.BYTES, Integer.BYTES);
            MemorySegment mask = arena.allocate(Integer.BYTES, Integer.BYTES);
            calls.ipv4Subnet(handle, subnet, mask);
            return new VmnetSubnet(
                    new Ipv4Address(subnet.asByteBuffer().getInt()),
                    new Ipv4Address(mask.asByteBuffer().getInt()));
        }
    }

    /// An IPv4 subnet.
    public record VmnetSubnet(Ipv4Address address, Ipv4Address mask) {}

    VmnetFramework framework() {
        return framework;
    }

    /// What is known of its interfaces before they start.
    VmnetSettings settings(boolean isolated) {
        return new VmnetSettings(mode, null, isolated, null, null, null, null, null);
    }

    long start(MemorySegment description, MemorySegment queue, MemorySegment block) {
        return calls.start(handle, description, queue, block);
    }

    /// Gives up the subnet, when its last interface has stopped.
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            calls.release(handle);
        }
    }
}
