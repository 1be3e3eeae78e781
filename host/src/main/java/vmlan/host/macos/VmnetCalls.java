package vmlan.host.macos;

import static vmlan.host.macos.Symbols.INT;
import static vmlan.host.macos.Symbols.LONG;
import static vmlan.host.macos.Symbols.POINTER;
import static vmlan.host.macos.Symbols.UINT16;
import static vmlan.host.macos.Symbols.UINT8;
import static vmlan.host.macos.Symbols.returning;
import static vmlan.host.macos.Symbols.shape;
import static vmlan.host.macos.Symbols.unexpected;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/// The functions of vmnet.framework that work on interfaces (vmnet.h), and the two of dispatch that they
/// need. Each returns what the framework's own returns.
final class VmnetCalls {
    /// vmnet.h: VMNET_INTERFACE_PACKETS_AVAILABLE
    static final int PACKETS_AVAILABLE = 1;
    /// vmnet.h, struct vmpktdesc: size_t size, struct iovec *, uint32_t how many, uint32_t flags
    static final long PACKET_SIZE = 0;

    static final long PACKET_IOV = 8;
    static final long PACKET_IOV_COUNT = 16;
    static final long PACKET_FLAGS = 20;
    static final long PACKET_BYTES = 24;
    /// sys/uio.h, struct iovec
    static final long IOV_BASE = 0;

    static final long IOV_LEN = 8;
    static final long IOV_BYTES = 16;
    /// netinet/in.h
    static final byte IPPROTO_TCP = 6;

    static final byte IPPROTO_UDP = 17;
    /// sys/socket.h of macOS; Linux has another number for IPv6
    static final byte AF_INET = 2;

    static final byte AF_INET6 = 30;

    private static final MethodHandle POINTER_FROM_2 = shape(returning(POINTER, POINTER, POINTER));
    private static final MethodHandle POINTER_FROM_0 = shape(returning(POINTER));
    private static final MethodHandle TAKE_POINTER = shape(FunctionDescriptor.ofVoid(POINTER));
    private static final MethodHandle START = shape(returning(LONG, POINTER, POINTER, POINTER));
    private static final MethodHandle SET_EVENTS = shape(returning(INT, LONG, INT, POINTER, POINTER));
    private static final MethodHandle STOP = shape(returning(INT, LONG, POINTER, POINTER));
    private static final MethodHandle TRANSFER = shape(returning(INT, LONG, LONG, LONG));
    private static final MethodHandle ADD_RULE =
            shape(returning(INT, LONG, UINT8, UINT16, UINT8, POINTER, UINT16, POINTER));
    private static final MethodHandle REMOVE_RULE = shape(returning(INT, LONG, UINT8, UINT16, UINT8, POINTER));
    private static final MethodHandle GET_RULES = shape(returning(INT, LONG, UINT8, POINTER));
    private static final MethodHandle RULE_DETAILS =
            shape(returning(INT, POINTER, POINTER, POINTER, UINT8, POINTER, POINTER));

    private final MemorySegment queueCreate;
    private final MemorySegment release;
    private final MemorySegment start;
    private final MemorySegment setEvents;
    private final MemorySegment stop;
    private final MemorySegment read;
    private final MemorySegment write;
    private final MemorySegment sharedList;
    private final MemorySegment addRule;
    private final MemorySegment removeRule;
    private final MemorySegment getRules;
    private final MemorySegment ruleDetails;

    VmnetCalls(Symbols symbols) throws VmnetException {
        queueCreate = symbols.require("dispatch_queue_create");
        release = symbols.require("dispatch_release");
        start = symbols.require("vmnet_start_interface");
        setEvents = symbols.require("vmnet_interface_set_event_callback");
        stop = symbols.require("vmnet_stop_interface");
        read = symbols.require("vmnet_read");
        write = symbols.require("vmnet_write");
        sharedList = symbols.optional("vmnet_copy_shared_interface_list");
        addRule = symbols.optional("vmnet_interface_add_ip_port_forwarding_rule");
        removeRule = symbols.optional("vmnet_interface_remove_ip_port_forwarding_rule");
        getRules = symbols.optional("vmnet_interface_get_ip_port_forwarding_rules");
        ruleDetails = symbols.optional("vmnet_ip_port_forwarding_rule_get_details");
    }

    boolean hasSharedList() {
        return sharedList.address() != 0;
    }

    boolean hasRules() {
        return addRule.address() != 0
                && removeRule.address() != 0
                && getRules.address() != 0
                && ruleDetails.address() != 0;
    }

    /// A serial queue (dispatch/queue.h: DISPATCH_QUEUE_SERIAL is NULL); [#releaseQueue] gives it back. What
    /// waits in it then still runs.
    MemorySegment queue(String label) {
        try (Arena arena = Arena.ofConfined()) {
            return (MemorySegment)
                    POINTER_FROM_2.invokeExact(queueCreate, arena.allocateFrom(label), MemorySegment.NULL);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    void releaseQueue(MemorySegment queue) {
        try {
            TAKE_POINTER.invokeExact(release, queue);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    /// @return the interface, or 0
    long start(MemorySegment description, MemorySegment queue, MemorySegment block) {
        try {
            return (long) START.invokeExact(start, description, queue, block);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    /// @param queue NULL together with the block: no events any more
    int setEvents(long handle, int events, MemorySegment queue, MemorySegment block) {
        try {
            return (int) SET_EVENTS.invokeExact(setEvents, handle, events, queue, block);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    int stop(long handle, MemorySegment queue, MemorySegment block) {
        try {
            return (int) STOP.invokeExact(stop, handle, queue, block);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    /// Does not wait.
    ///
    /// @param packets address of `struct vmpktdesc[]`
    /// @param count address of an int: how many there is room for, and then how many were read
    int read(long handle, long packets, long count) {
        try {
            return (int) TRANSFER.invokeExact(read, handle, packets, count);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    /// Does not wait.
    ///
    /// @param count address of an int: how many there are, and then how many were written
    int write(long handle, long packets, long count) {
        try {
            return (int) TRANSFER.invokeExact(write, handle, packets, count);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    /// An array of strings that is the caller's, or NULL.
    MemorySegment sharedInterfaces() {
        try {
            return (MemorySegment) POINTER_FROM_0.invokeExact(sharedList);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    int addRule(
            long handle,
            byte protocol,
            int externalPort,
            byte family,
            MemorySegment address,
            int internalPort,
            MemorySegment block) {
        try {
            return (int) ADD_RULE.invokeExact(
                    addRule, handle, protocol, (char) externalPort, family, address, (char) internalPort, block);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    int removeRule(long handle, byte protocol, int externalPort, byte family, MemorySegment block) {
        try {
            return (int) REMOVE_RULE.invokeExact(removeRule, handle, protocol, (char) externalPort, family, block);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    int rules(long handle, byte family, MemorySegment block) {
        try {
            return (int) GET_RULES.invokeExact(getRules, handle, family, block);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    int ruleDetails(
            MemorySegment rule,
            MemorySegment protocol,
            MemorySegment externalPort,
            byte family,
            MemorySegment address,
            MemorySegment internalPort) {
        try {
            return (int)
                    RULE_DETAILS.invokeExact(ruleDetails, rule, protocol, externalPort, family, address, internalPort);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }
}
