package vmlan.host.macos;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.function.Consumer;

/// vmnet.framework, opened. Once a process; any thread.
public final class VmnetFramework {
    /// Names for the dynamic linker; since macOS 11 there are no such files.
    private static final List<String> LIBRARIES = List.of(
            "/System/Library/Frameworks/vmnet.framework/vmnet",
            "/System/Library/Frameworks/CoreFoundation.framework/CoreFoundation",
            "/usr/lib/libSystem.B.dylib");

    private final VmnetCalls calls;
    private final Optional<NetworkCalls> networks;
    private final Keys keys;
    private final Xpc xpc;
    private final Blocks blocks;
    private final VmnetAdvice advice;
    private final Symbols symbols;

    private VmnetFramework(Symbols symbols, VmnetAdvice advice, Consumer<Throwable> onFault) throws VmnetException {
        this.symbols = symbols;
        this.calls = new VmnetCalls(symbols);
        this.networks = NetworkCalls.find(symbols);
        this.keys = new Keys(symbols);
        this.xpc = new Xpc(symbols);
        this.blocks = new Blocks(symbols, onFault);
        this.advice = advice;
    }

    /// Apple's own.
    ///
    /// @param onFault told once of a mistake of ours in a call from the framework, on whatever thread
    /// @throws VmnetException where there is none, or it is too old
    public static VmnetFramework open(Consumer<Throwable> onFault) throws VmnetException {
        return open(LIBRARIES, VmnetAdvice.ofThisHost(), onFault);
    }

    /// Another library with the same interface, which has the parts of XPC, dispatch and blocks too.
    public static VmnetFramework open(String library, Consumer<Throwable> onFault) throws VmnetException {
        return open(List.of(library), VmnetAdvice.ofThisHost(), onFault);
    }

    static VmnetFramework open(List<String> libraries, VmnetAdvice advice, Consumer<Throwable> onFault)
            throws VmnetException {
        return new VmnetFramework(Symbols.open(libraries), advice, onFault);
    }

    public boolean has(VmnetFeature feature) {
        return switch (feature) {
            case BRIDGING -> Keys.isKnown(keys.sharedInterfaceName) && Keys.isKnown(keys.startAddress);
            case ISOLATION -> Keys.isKnown(keys.enableIsolation);
            case NETWORK_IDENTIFIER -> Keys.isKnown(keys.networkIdentifier);
            case PORT_FORWARDING -> calls.hasRules();
            case PACKET_LIMITS -> Keys.isKnown(keys.readMaxPackets) && Keys.isKnown(keys.writeMaxPackets);
            case NETWORKS -> networks.isPresent();
        };
    }

    /// The functions and keys that were looked for, and whether this macOS has them.
    public SortedMap<String, Boolean> symbols() {
        return symbols.looked();
    }

    void require(VmnetFeature feature, String what) throws VmnetException {
        if (!has(feature)) {
            throw VmnetException.of(what, "this macOS has it not yet", "it needs macOS " + feature.since());
        }
    }

    /// The NICs that can be bridged.
    ///
    /// @throws VmnetException when vmnet does not say
    public List<String> sharedInterfaces() throws VmnetException {
        if (!calls.hasSharedList()) {
            return List.of();
        }
        var array = calls.sharedInterfaces();
        if (array.address() == 0) {
            throw VmnetException.of("vmnet_copy_shared_interface_list", "no answer", "");
        }
        try {
            List<String> names = new ArrayList<>();
            long count = xpc.count(array);
            for (long i = 0; i < count; i++) {
                String name = xpc.stringAt(array, i);
                if (name != null) {
                    names.add(name);
                }
            }
            return List.copyOf(names);
        } finally {
            xpc.release(array);
        }
    }

    /// The likely cause and its cure where guests of a host or shared interface get no address.
    public static String adviceWithoutAddresses() {
        return VmnetAdvice.NO_DHCP;
    }

    /// Exceptions of ours that did not leave a call from the framework; 0 where there is no mistake.
    public long faults() {
        return blocks.faults();
    }

    /// Calls from the framework that nobody waited for any more.
    public long lateCalls() {
        return blocks.late();
    }

    VmnetCalls calls() {
        return calls;
    }

    NetworkCalls networks() throws VmnetException {
        require(VmnetFeature.NETWORKS, "networks");
        return networks.orElseThrow();
    }

    Keys keys() {
        return keys;
    }

    Xpc xpc() {
        return xpc;
    }

    Blocks blocks() {
        return blocks;
    }

    VmnetAdvice advice() {
        return advice;
    }
}
