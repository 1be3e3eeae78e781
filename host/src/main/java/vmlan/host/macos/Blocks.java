package vmlan.host.macos;

import static vmlan.host.macos.Symbols.INT;
import static vmlan.host.macos.Symbols.LONG;
import static vmlan.host.macos.Symbols.MEMORY;
import static vmlan.host.macos.Symbols.POINTER;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;

/// Blocks: functions with captured variables, as Apple's C calls them back (clang's Block-ABI-Apple.rst, and
/// Block_private.h of libclosure).
///
/// ```
///  literal   isa 0 │ flags 8 │ reserved 12 │ invoke 16 │ descriptor 24 │ captured: our number 32
///  descriptor   reserved 0 │ size 8 │ signature 16 │ layout 24
/// ```
///
/// Theory of operation. A block is made as a C compiler makes it within a function: on the stack, so to say,
/// with one captured variable, the number of the handler. Whoever calls it later copies it (`Block_copy`) and
/// frees the copy, by the reference counts of the block's runtime; our own literal goes when the call that it
/// was passed to returns. What stays for the process' life are three stubs and three descriptors. A call with
/// a number that nobody has any more is late, is counted, and does nothing: so no library can call into what
/// is gone.
///
/// A handler that throws would end the process (the JVM ends on an exception out of an upcall): everything is
/// caught and counted, and the first one told.
final class Blocks {
    static final long ISA = 0;
    static final long FLAGS = 8;
    static final long INVOKE = 16;
    static final long DESCRIPTOR = 24;
    static final long CAPTURED = 32;
    static final long LITERAL_BYTES = 40;
    static final long DESCRIPTOR_SIZE = 8;
    static final long DESCRIPTOR_SIGNATURE = 16;
    static final long DESCRIPTOR_BYTES = 32;
    /// Block_private.h: BLOCK_HAS_SIGNATURE
    static final int HAS_SIGNATURE = 1 << 30;

    /// What a block is called with, besides itself; the signature is clang's encoding of it.
    enum Shape {
        /// `void (^)(uint32_t, void *)`
        STATUS_AND_OBJECT("v20@?0I8^v12", "statusAndObject"),
        /// `void (^)(uint32_t)`
        STATUS("v12@?0I8", "status"),
        /// `void (^)(void *)`
        OBJECT("v16@?0^v8", "object");

        private final String signature;
        private final String method;

        Shape(String signature, String method) {
            this.signature = signature;
            this.method = method;
        }

        private FunctionDescriptor descriptor() {
            return switch (this) {
                case STATUS_AND_OBJECT -> FunctionDescriptor.ofVoid(LONG, INT, LONG);
                case STATUS -> FunctionDescriptor.ofVoid(LONG, INT);
                case OBJECT -> FunctionDescriptor.ofVoid(LONG, LONG);
            };
        }
    }

    /// What a block calls, on a thread of the library's.
    interface Handler {
        /// @param status 0 where the shape has none
        /// @param object 0 for NULL and where the shape has none; valid until this returns
        void called(int status, long object);
    }

    /// A handler that has a number, until it is closed. Calls that come later do nothing.
    final class Callback implements AutoCloseable {
        private final Handler handler;
        private final long number;
        private final int slot;

        private Callback(Handler handler, long number, int slot) {
            this.handler = handler;
            this.number = number;
            this.slot = slot;
        }

        /// A block that calls the handler. Its memory is the arena's, which may be closed when the call that
        /// it was passed to has returned.
        MemorySegment block(Shape shape, Arena arena) {
            MemorySegment literal = arena.allocate(LITERAL_BYTES, Long.BYTES);
            literal.set(POINTER, ISA, stackBlock);
            literal.set(INT, FLAGS, HAS_SIGNATURE);
            literal.set(POINTER, INVOKE, invokes.get(shape));
            literal.set(POINTER, DESCRIPTOR, descriptors.get(shape));
            literal.set(LONG, CAPTURED, number);
            return literal;
        }

        @Override
        public void close() {
            callbacks.compareAndSet(slot, this, null);
        }
    }

    /// vmnet has 32 interfaces at most, each with an event callback and a call or two that wait for their
    /// end.
    private static final int MAX_CALLBACKS = 256;

    private final MemorySegment stackBlock;
    private final Map<Shape, MemorySegment> invokes = new EnumMap<>(Shape.class);
    private final Map<Shape, MemorySegment> descriptors = new EnumMap<>(Shape.class);
    private final AtomicReferenceArray<Callback> callbacks = new AtomicReferenceArray<>(MAX_CALLBACKS);
    private final AtomicLong generation = new AtomicLong();
    private final AtomicLong late = new AtomicLong();
    private final AtomicLong faults = new AtomicLong();
    private final Consumer<Throwable> onFault;

    /// @param onFault told of the first exception out of a handler, on whatever thread
    Blocks(Symbols symbols, Consumer<Throwable> onFault) throws VmnetException {
        this.stackBlock = symbols.require("_NSConcreteStackBlock");
        this.onFault = onFault;
        for (Shape shape : Shape.values()) {
            MemorySegment descriptor = Arena.global().allocate(DESCRIPTOR_BYTES, Long.BYTES);
            descriptor.set(LONG, DESCRIPTOR_SIZE, LITERAL_BYTES);
            descriptor.set(POINTER, DESCRIPTOR_SIGNATURE, Arena.global().allocateFrom(shape.signature));
            descriptors.put(shape, descriptor);
            invokes.put(shape, stub(shape));
        }
    }

    private MemorySegment stub(Shape shape) {
        FunctionDescriptor descriptor = shape.descriptor();
        try {
            return Symbols.stub(MethodHandles.lookup().bind(this, shape.method, descriptor.toMethodType()), descriptor);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(shape.method, e);
        }
    }

    /// Any thread.
    Callback callback(Handler handler) {
        long count = generation.incrementAndGet();
        for (int i = 0; i < MAX_CALLBACKS; i++) {
            int slot = (int) ((count + i) % MAX_CALLBACKS);
            Callback callback = new Callback(handler, count * MAX_CALLBACKS + slot, slot);
            if (callbacks.compareAndSet(slot, null, callback)) {
                return callback;
            }
        }
        throw new IllegalStateException("more than " + MAX_CALLBACKS + " calls wait for their end");
    }

    /// Calls that came after their callback was closed.
    long late() {
        return late.get();
    }

    /// Exceptions out of handlers.
    long faults() {
        return faults.get();
    }

    /// How many have not been closed.
    int open() {
        int open = 0;
        for (int i = 0; i < MAX_CALLBACKS; i++) {
            open += callbacks.get(i) == null ? 0 : 1;
        }
        return open;
    }

    @SuppressWarnings("UnusedMethod") // by its name
    private void statusAndObject(long block, int status, long object) {
        called(block, status, object);
    }

    @SuppressWarnings("UnusedMethod") // by its name
    private void status(long block, int status) {
        called(block, status, 0);
    }

    @SuppressWarnings("UnusedMethod") // by its name
    private void object(long block, long object) {
        called(block, 0, object);
    }

    private void called(long block, int status, long object) {
        try {
            long number = MEMORY.get(LONG, block + CAPTURED);
            Callback callback = callbacks.get((int) Long.remainderUnsigned(number, MAX_CALLBACKS));
            if (callback == null || callback.number != number) {
                late.incrementAndGet();
                return;
            }
            callback.handler.called(status, object);
        } catch (Throwable t) {
            fault(t);
        }
    }

    private void fault(Throwable cause) {
        try {
            if (faults.getAndIncrement() == 0) {
                onFault.accept(cause);
            }
        } catch (Throwable t) {
            // Whoever should tell of it cannot, and nothing may leave an upcall.
            faults.incrementAndGet();
        }
    }
}
