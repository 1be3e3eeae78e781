package vmlan.host.macos;

import static vmlan.host.macos.Symbols.INT;
import static vmlan.host.macos.Symbols.LONG;
import static vmlan.host.macos.Symbols.POINTER;
import static vmlan.host.macos.Symbols.UINT16;
import static vmlan.host.macos.Symbols.UINT8;
import static vmlan.host.macos.Symbols.returning;
import static vmlan.host.macos.Symbols.shape;
import static vmlan.host.macos.Symbols.unexpected;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/// The functions of vmnet.framework that work on network objects (macOS 26), by their names: there are many,
/// and they are called once. Sources: bindings generated from that version's SDK, and Apple's documentation.
final class NetworkCalls {
    private static final String CONFIGURATION = "vmnet_network_configuration_";

    private static final MethodHandle CREATE_CONFIGURATION = shape(returning(LONG, INT, POINTER));
    private static final MethodHandle CREATE = shape(returning(LONG, LONG, POINTER));
    private static final MethodHandle SET_POINTERS = shape(returning(INT, LONG, POINTER, POINTER));
    private static final MethodHandle SET_POINTER = shape(returning(INT, LONG, POINTER));
    private static final MethodHandle SET_PREFIX = shape(returning(INT, LONG, POINTER, UINT8));
    private static final MethodHandle SET_INT = shape(returning(INT, LONG, INT));
    private static final MethodHandle ADD_FORWARDING =
            shape(returning(INT, LONG, UINT8, UINT8, UINT16, UINT16, POINTER));
    private static final MethodHandle TAKE = shape(FunctionDescriptor.ofVoid(LONG));
    private static final MethodHandle GET_POINTERS = shape(FunctionDescriptor.ofVoid(LONG, POINTER, POINTER));
    private static final MethodHandle START = shape(returning(LONG, LONG, POINTER, POINTER, POINTER));

    private final Symbols symbols;
    private final MemorySegment start;
    private final MemorySegment create;
    private final MemorySegment release;

    private NetworkCalls(Symbols symbols, MemorySegment start, MemorySegment create, MemorySegment release) {
        this.symbols = symbols;
        this.start = start;
        this.create = create;
        this.release = release;
    }

    /// Empty before macOS 26.
    static Optional<NetworkCalls> find(Symbols symbols) {
        MemorySegment start = symbols.optional("vmnet_interface_start_with_network");
        MemorySegment create = symbols.optional("vmnet_network_create");
        MemorySegment release = symbols.optional("CFRelease");
        return start.address() == 0 || create.address() == 0 || release.address() == 0
                ? Optional.empty()
                : Optional.of(new NetworkCalls(symbols, start, create, release));
    }

    private MemorySegment configuration(String name) throws VmnetException {
        return symbols.require(CONFIGURATION + name);
    }

    /// @param status where an int goes
    /// @return a configuration for [#release], or 0
    long configure(int mode, MemorySegment status) throws VmnetException {
        MemorySegment function = configuration("create");
        try {
            return (long) CREATE_CONFIGURATION.invokeExact(function, mode, status);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    /// @return a network for [#release], or 0
    long create(long configuration, MemorySegment status) {
        try {
            return (long) CREATE.invokeExact(create, configuration, status);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    /// `set_ipv4_subnet`, `add_dhcp_reservation`
    int set(long configuration, String name, MemorySegment first, MemorySegment second) throws VmnetException {
        MemorySegment function = configuration(name);
        try {
            return (int) SET_POINTERS.invokeExact(function, configuration, first, second);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    /// `set_external_interface`
    int set(long configuration, String name, MemorySegment value) throws VmnetException {
        MemorySegment function = configuration(name);
        try {
            return (int) SET_POINTER.invokeExact(function, configuration, value);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    /// `set_mtu`
    int set(long configuration, String name, int value) throws VmnetException {
        MemorySegment function = configuration(name);
        try {
            return (int) SET_INT.invokeExact(function, configuration, value);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    int setIpv6Prefix(long configuration, MemorySegment prefix, byte length) throws VmnetException {
        MemorySegment function = configuration("set_ipv6_prefix");
        try {
            return (int) SET_PREFIX.invokeExact(function, configuration, prefix, length);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    int addForwarding(
            long configuration, byte protocol, byte family, int internalPort, int externalPort, MemorySegment address)
            throws VmnetException {
        MemorySegment function = configuration("add_port_forwarding_rule");
        try {
            return (int) ADD_FORWARDING.invokeExact(
                    function, configuration, protocol, family, (char) internalPort, (char) externalPort, address);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    /// `disable_dhcp` and the like
    void disable(long configuration, String name) throws VmnetException {
        MemorySegment function = configuration(name);
        try {
            TAKE.invokeExact(function, configuration);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    void ipv4Subnet(long network, MemorySegment subnet, MemorySegment mask) throws VmnetException {
        MemorySegment function = symbols.require("vmnet_network_get_ipv4_subnet");
        try {
            GET_POINTERS.invokeExact(function, network, subnet, mask);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    long start(long network, MemorySegment description, MemorySegment queue, MemorySegment block) {
        try {
            return (long) START.invokeExact(start, network, description, queue, block);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    /// For configurations and networks: they are objects of CoreFoundation.
    void release(long object) {
        try {
            TAKE.invokeExact(release, object);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }
}
