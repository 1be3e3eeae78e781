package vmlan.host.macos;

import static org.assertj.core.api.Assertions.assertThat;
import static vmlan.host.macos.Symbols.INT;
import static vmlan.host.macos.Symbols.LONG;
import static vmlan.host.macos.Symbols.POINTER;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/// The simulator (src/test/c/vmnet), compiled and opened: what a test sees, and what it breaks. One for all
/// tests of a process, as the framework is; each begins with [#reset].
final class SimulatedMac {
    /// sim.h, enum sim_kind
    enum Kind {
        BLOCK,
        QUEUE,
        XPC,
        INTERFACE,
        CF
    }

    /// sim.h, enum sim_counter
    enum Counter {
        READS,
        WRITES,
        EVENTS,
        PACKETS_WRITTEN,
        CALLS_AFTER_STOP,
        LARGEST_READ,
        LARGEST_WRITE,
        CALLBACK_THREADS
    }

    /// sim.h, enum sim_fault
    enum Fault {
        START_STATUS,
        START_NULL,
        START_NO_PARAMETERS,
        START_DELAY,
        EVENTS_STATUS,
        READ_STATUS,
        READ_MOST,
        READ_SIZE,
        WRITE_STATUS,
        WRITE_MOST,
        WRITE_ROOM,
        PACKETS_LIMIT,
        EVENTS_LOST,
        STOP_STATUS,
        STOP_COMPLETION,
        LATE_EVENTS,
        FRESH_THREADS,
        MAX_PACKET_SIZE,
        LIST_NULL
    }

    static final Path SOURCES = Path.of("src/test/c/vmnet");
    static final int NEWEST = 2600;
    private static final Map<Integer, SimulatedMac> OPENED = new ConcurrentHashMap<>();
    private static final VmnetAdvice AS_ROOT = new VmnetAdvice(true, 15);

    final List<Throwable> faults = new ArrayList<>();
    private final String library;
    private final SymbolLookup symbols;
    private final Linker linker = Linker.nativeLinker();
    private final VmnetFramework framework;

    private SimulatedMac(int version) {
        try {
            library = build(version);
            symbols = SymbolLookup.libraryLookup(library, Arena.global());
            framework = open(AS_ROOT);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /// With nothing broken, and nothing left of another test.
    static SimulatedMac reset() {
        return reset(NEWEST);
    }

    /// @param version of macOS, times 100
    static SimulatedMac reset(int version) {
        SimulatedMac mac = OPENED.computeIfAbsent(version, SimulatedMac::new);
        mac.call("sim_reset", FunctionDescriptor.ofVoid());
        mac.faults.clear();
        return mac;
    }

    String library() {
        return library;
    }

    VmnetFramework framework() {
        return framework;
    }

    VmnetFramework open(VmnetAdvice advice) throws VmnetException {
        return VmnetFramework.open(List.of(library), advice, faults::add);
    }

    /// Compiles the simulator as it stands.
    private static String build(int version) throws IOException {
        Path folder = Files.createDirectories(Path.of("target/vmnet-simulator"));
        Path built = folder.resolve(
                        "libvmnet-" + version + "-" + ProcessHandle.current().pid() + ".so")
                .toAbsolutePath();
        List<String> command = new ArrayList<>(List.of(
                "gcc", "-std=gnu11", "-O1", "-g", "-Wall", "-Wextra", "-Werror", "-fPIC", "-shared", "-pthread"));
        command.addAll(List.of("-fvisibility=hidden", "-Wl,-Bsymbolic", "-Wl,-z,defs", "-DMACOS=" + version));
        command.addAll(List.of("-o", built.toString()));
        try (Stream<Path> sources = Files.list(SOURCES)) {
            sources.map(Path::toString)
                    .filter(name -> name.endsWith(".c"))
                    .sorted()
                    .forEach(command::add);
        }
        Process compiler = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(compiler.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            assertThat(compiler.waitFor()).as(said).isZero();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
        built.toFile().deleteOnExit();
        return built.toString();
    }

    Object call(String name, FunctionDescriptor descriptor, Object... arguments) {
        try {
            return linker.downcallHandle(symbols.find(name).orElseThrow(), descriptor)
                    .invokeWithArguments(arguments);
        } catch (Throwable t) {
            throw new AssertionError(name, t);
        }
    }

    private static FunctionDescriptor returns(MemoryLayout result, MemoryLayout... arguments) {
        return FunctionDescriptor.of(result, arguments);
    }

    @SuppressWarnings("EnumOrdinal") // as in sim.h
    void fault(Fault fault, long value) {
        call("sim_fault", FunctionDescriptor.ofVoid(INT, LONG), fault.ordinal(), value);
    }

    @SuppressWarnings("EnumOrdinal") // as in sim.h
    long live(Kind kind) {
        return (long) call("sim_live", returns(LONG, INT), kind.ordinal());
    }

    @SuppressWarnings("EnumOrdinal") // as in sim.h
    long count(Counter counter) {
        return (long) call("sim_count", returns(LONG, INT), counter.ordinal());
    }

    String startedWith(String key) {
        try (Arena arena = Arena.ofConfined()) {
            return Symbols.string(
                    (MemorySegment) call("sim_started_with", returns(POINTER, POINTER), arena.allocateFrom(key)));
        }
    }

    String network() {
        return Symbols.string((MemorySegment) call("sim_network", returns(POINTER)));
    }

    void useTap(String name) {
        try (Arena arena = Arena.ofConfined()) {
            call("sim_use_tap", FunctionDescriptor.ofVoid(POINTER), arena.allocateFrom(name));
        }
    }

    /// The interface that started last.
    MemorySegment latest() {
        MemorySegment found = (MemorySegment) call("sim_interface", returns(POINTER));
        assertThat(found.address()).isNotZero();
        return found;
    }

    void arrive(MemorySegment at, byte[] frame) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = arena.allocate(frame.length);
            bytes.copyFrom(MemorySegment.ofArray(frame));
            assertThat((boolean) call("sim_arrive", returns(Symbols.BOOL, POINTER, POINTER, LONG), at, bytes, (long)
                            frame.length))
                    .isTrue();
        }
    }

    void event(MemorySegment at) {
        call("sim_event", FunctionDescriptor.ofVoid(POINTER), at);
    }

    /// The oldest packet that was written; null when there is none.
    byte[] taken() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = arena.allocate(70_000);
            long length = (long) call("sim_taken", returns(LONG, POINTER, LONG), bytes, bytes.byteSize());
            return length < 0 ? null : bytes.asSlice(0, length).toArray(Symbols.UINT8);
        }
    }

    /// Stops the interface that started last, past our own code.
    void stopLatest() {
        MemorySegment queue = framework.calls().queue("test");
        try (Arena arena = Arena.ofConfined();
                Blocks.Callback nobody = framework.blocks().callback((status, object) -> {})) {
            framework.calls().stop(latest().address(), queue, nobody.block(Blocks.Shape.STATUS, arena));
        }
        framework.calls().releaseQueue(queue);
    }

    /// Has the completion come that a start waits for no more.
    void answerLatest() {
        call("sim_answer", FunctionDescriptor.ofVoid());
    }

    /// Waits until something holds.
    static void await(String what, java.util.function.BooleanSupplier holds) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!holds.getAsBoolean()) {
            assertThat(System.nanoTime() - deadline).as("waiting for: " + what).isNegative();
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
    }

    /// Nothing of the framework's is alive any more, and nobody of ours waits for a call.
    void expectNothingLeft() {
        for (Kind kind : Kind.values()) {
            await(kind + " alive: " + live(kind), () -> live(kind) == 0);
        }
        assertThat(framework.blocks().open()).as("callbacks of ours").isZero();
        assertThat(count(Counter.CALLS_AFTER_STOP)).as("calls after the stop").isZero();
        assertThat(faults).isEmpty();
    }
}
