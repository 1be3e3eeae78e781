package vmlan.host.macos;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// An interface of vmnet that has started. [VmnetDevice] joins it to the event loop.
///
/// Starting takes rights; what comes after does not. Between a start as root and its first frame a process
/// may give up root.
public final class VmnetInterface {
    /// The first interface of a mode makes the system start services: seconds on a slow machine.
    private static final Duration START_LIMIT = Duration.ofSeconds(30);

    private static final Duration LIMIT = Duration.ofSeconds(5);

    private final VmnetFramework framework;
    private final VmnetCalls calls;
    private final long handle;
    private final MemorySegment queue;
    private final VmnetParameters parameters;
    private Blocks.Callback events;
    private boolean stopped;

    VmnetInterface(VmnetFramework framework, long handle, MemorySegment queue, VmnetParameters parameters) {
        this.framework = framework;
        this.calls = framework.calls();
        this.handle = handle;
        this.queue = queue;
        this.parameters = parameters;
    }

    /// Starts an interface, and waits until it has. Not the event loop's thread.
    ///
    /// @throws VmnetException with the likely cause and its cure
    public static VmnetInterface start(VmnetFramework framework, VmnetSettings settings) throws VmnetException {
        return start(framework, settings, START_LIMIT);
    }

    /// @param limit for vmnet's answer
    public static VmnetInterface start(VmnetFramework framework, VmnetSettings settings, Duration limit)
            throws VmnetException {
        requireFeatures(framework, settings);
        MemorySegment description = describe(framework, settings);
        try {
            return new VmnetStart(framework, settings, "vmnet_start_interface")
                    .run(framework.calls()::start, description, limit);
        } finally {
            framework.xpc().release(description);
        }
    }

    /// An interface of a network that a [VmnetNetwork] describes; macOS 26.
    public static VmnetInterface start(VmnetNetwork network, boolean isolated, Duration limit) throws VmnetException {
        VmnetFramework framework = network.framework();
        VmnetSettings settings = network.settings(isolated);
        MemorySegment description = framework.xpc().dictionary();
        try {
            describeAny(framework, settings, description);
            return new VmnetStart(framework, settings, "vmnet_interface_start_with_network")
                    .run(network::start, description, limit);
        } finally {
            framework.xpc().release(description);
        }
    }

    private static void requireFeatures(VmnetFramework framework, VmnetSettings settings) throws VmnetException {
        if (settings.mode() == VmnetMode.BRIDGED) {
            framework.require(VmnetFeature.BRIDGING, "bridging");
        }
        if (settings.range() != null || settings.nat66Prefix() != null) {
            framework.require(VmnetFeature.BRIDGING, "addresses of one's own");
        }
        if (settings.isolated()) {
            framework.require(VmnetFeature.ISOLATION, "isolation");
        }
        if (settings.networkId() != null) {
            framework.require(VmnetFeature.NETWORK_IDENTIFIER, "a network identifier");
        }
    }

    private static MemorySegment describe(VmnetFramework framework, VmnetSettings settings) {
        Xpc xpc = framework.xpc();
        Keys keys = framework.keys();
        MemorySegment description = xpc.dictionary();
        xpc.set(description, keys.operationMode, settings.mode().code());
        describeAny(framework, settings, description);
        if (settings.ifName() != null) {
            xpc.set(description, keys.sharedInterfaceName, settings.ifName());
        }
        if (settings.range() != null) {
            xpc.set(description, keys.startAddress, settings.range().start().toString());
            xpc.set(description, keys.endAddress, settings.range().end().toString());
            xpc.set(description, keys.subnetMask, settings.range().mask().toString());
        }
        if (settings.nat66Prefix() != null) {
            xpc.set(description, keys.nat66Prefix, settings.nat66Prefix().toString());
        }
        if (settings.networkId() != null) {
            xpc.set(description, keys.networkIdentifier, settings.networkId());
        }
        if (settings.interfaceId() != null) {
            xpc.set(description, keys.interfaceId, settings.interfaceId());
        }
        if (settings.mtu() != null) {
            xpc.set(description, keys.mtu, settings.mtu());
        }
        return description;
    }

    /// What interfaces of networks take, too.
    private static void describeAny(VmnetFramework framework, VmnetSettings settings, MemorySegment description) {
        Keys keys = framework.keys();
        if (Keys.isKnown(keys.allocateMacAddress)) {
            // Guests have MAC addresses already, as QEMU's own vmnet has it (net/vmnet-common.m); the interface
            // identifier is of use for vmnet's suggestion only.
            framework.xpc().set(description, keys.allocateMacAddress, settings.interfaceId() != null);
        }
        if (Keys.isKnown(keys.enableIsolation)) {
            framework.xpc().set(description, keys.enableIsolation, settings.isolated());
        }
    }

    public VmnetParameters parameters() {
        return parameters;
    }

    /// Has `wake` called when there are packets to read: on a thread of the queue's, also when there are
    /// none, and maybe once more after [#stop]. It must not wait.
    void onPackets(Runnable wake) throws VmnetException {
        events = framework.blocks().callback((mask, event) -> {
            if ((mask & VmnetCalls.PACKETS_AVAILABLE) != 0) {
                wake.run();
            }
        });
        try (Arena arena = Arena.ofConfined()) {
            VmnetException.check(
                    "vmnet_interface_set_event_callback",
                    calls.setEvents(
                            handle,
                            VmnetCalls.PACKETS_AVAILABLE,
                            queue,
                            events.block(Blocks.Shape.STATUS_AND_OBJECT, arena)));
        }
    }

    /// No more events but those that are on their way.
    void noPackets() {
        if (events != null) {
            // "Disables events when callback and queue are both NULL" (vmnet.h).
            calls.setEvents(handle, VmnetCalls.PACKETS_AVAILABLE, MemorySegment.NULL, MemorySegment.NULL);
            events.close();
            events = null;
        }
    }

    int read(long packets, long count) {
        return calls.read(handle, packets, count);
    }

    int write(long packets, long count) {
        return calls.write(handle, packets, count);
    }

    /// Ends the interface, and waits until it has, for some seconds at most. Nobody may be reading or
    /// writing, and nobody may afterwards.
    ///
    /// @throws VmnetException when vmnet did not end it, or did not say so
    public void stop() throws VmnetException {
        stop(LIMIT);
    }

    void stop(Duration limit) throws VmnetException {
        if (stopped) {
            return;
        }
        stopped = true;
        noPackets();
        try {
            await("vmnet_stop_interface", limit, block -> calls.stop(handle, queue, block));
        } finally {
            calls.releaseQueue(queue);
        }
    }

    private interface Asynchronous {
        int call(MemorySegment block);
    }

    private void await(String name, Duration limit, Asynchronous function) throws VmnetException {
        CompletableFuture<Integer> answer = new CompletableFuture<>();
        try (Blocks.Callback callback = framework.blocks().callback((status, object) -> answer.complete(status))) {
            try (Arena arena = Arena.ofConfined()) {
                VmnetException.check(name, function.call(callback.block(Blocks.Shape.STATUS, arena)));
            }
            VmnetException.check(name, await(name, limit, answer));
        }
    }

    private static <T> T await(String name, Duration limit, CompletableFuture<T> answer) throws VmnetException {
        try {
            return answer.get(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw VmnetException.of(name, "interrupted", "");
        } catch (TimeoutException | ExecutionException e) {
            throw VmnetException.of(name, "no answer in " + limit.toSeconds() + " s", VmnetAdvice.noAnswer());
        }
    }

    /// Has Apple's NAT lead a port of the host to a guest's; macOS 11, shared mode. Waits for vmnet's answer.
    public void forward(PortForwarding rule) throws VmnetException {
        framework.require(VmnetFeature.PORT_FORWARDING, "port forwarding");
        try (Arena arena = Arena.ofConfined()) {
            byte[] bytes = rule.internalAddress().getAddress();
            MemorySegment address = arena.allocate(bytes.length, Integer.BYTES);
            address.copyFrom(MemorySegment.ofArray(bytes));
            await(
                    "vmnet_interface_add_ip_port_forwarding_rule",
                    LIMIT,
                    block -> calls.addRule(
                            handle,
                            rule.protocol(),
                            rule.externalPort(),
                            rule.family(),
                            address,
                            rule.internalPort(),
                            block));
        }
    }

    /// Takes back what [#forward] did.
    public void endForwarding(PortForwarding rule) throws VmnetException {
        framework.require(VmnetFeature.PORT_FORWARDING, "port forwarding");
        await(
                "vmnet_interface_remove_ip_port_forwarding_rule",
                LIMIT,
                block -> calls.removeRule(handle, rule.protocol(), rule.externalPort(), rule.family(), block));
    }

    /// What [#forward] did, as vmnet has it.
    ///
    /// @param ipv6 which family
    public List<PortForwarding> forwardings(boolean ipv6) throws VmnetException {
        framework.require(VmnetFeature.PORT_FORWARDING, "port forwarding");
        String name = "vmnet_interface_get_ip_port_forwarding_rules";
        CompletableFuture<List<PortForwarding>> answer = new CompletableFuture<>();
        Blocks.Handler handler = (status, array) ->
                answer.complete(PortForwarding.list(framework, MemorySegment.ofAddress(array), ipv6));
        try (Blocks.Callback callback = framework.blocks().callback(handler)) {
            try (Arena arena = Arena.ofConfined()) {
                VmnetException.check(
                        name,
                        calls.rules(handle, PortForwarding.family(ipv6), callback.block(Blocks.Shape.OBJECT, arena)));
            }
            return await(name, LIMIT, answer);
        }
    }
}
