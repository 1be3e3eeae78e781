package vmlan.host.macos;

import java.lang.foreign.AddressLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;

/// The libraries, and how their functions and variables are found.
///
/// A function's shape is a constant; its address comes as the first argument. So the libraries can be a
/// parameter and the compilers see through the call all the same.
///
/// None of the functions here is variadic. Arguments narrower than an int are extended by who calls, says
/// Apple's ABI for arm64: ports are `JAVA_CHAR`, which has no sign, and bytes with the highest bit set are
/// not passed.
final class Symbols {
    static final AddressLayout POINTER = ValueLayout.ADDRESS;
    static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
    static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    static final ValueLayout.OfByte UINT8 = ValueLayout.JAVA_BYTE;
    static final ValueLayout.OfChar UINT16 = ValueLayout.JAVA_CHAR;
    static final ValueLayout.OfBoolean BOOL = ValueLayout.JAVA_BOOLEAN;

    /// All of it: addresses that come from a library are read through it, without an object for each.
    static final MemorySegment MEMORY = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    /// Names and addresses of the system are shorter.
    private static final long LONGEST_STRING = 1024;

    private static final Linker LINKER = Linker.nativeLinker();

    private final SymbolLookup lookup;
    private final SortedMap<String, Boolean> looked = new ConcurrentSkipListMap<>();

    private Symbols(SymbolLookup lookup) {
        this.lookup = lookup;
    }

    /// Opens libraries for as long as the process lives.
    ///
    /// @param libraries paths as dlopen takes them. Since macOS 11 those of the system are no files, but
    ///     in the dynamic linker's cache, so no path of Java's would find them
    static Symbols open(List<String> libraries) throws VmnetException {
        SymbolLookup lookup = name -> Optional.empty();
        for (String library : libraries) {
            try {
                lookup = lookup.or(SymbolLookup.libraryLookup(library, Arena.global()));
            } catch (IllegalArgumentException e) {
                throw VmnetException.of(
                        "dlopen", "there is no " + library, "vmnet needs macOS 10.10 or newer, and bridging 10.15");
            }
        }
        return new Symbols(lookup);
    }

    static FunctionDescriptor returning(java.lang.foreign.MemoryLayout result, java.lang.foreign.MemoryLayout... args) {
        return FunctionDescriptor.of(result, args);
    }

    /// The first argument of the handle is the function's address.
    static MethodHandle shape(FunctionDescriptor descriptor) {
        return LINKER.downcallHandle(descriptor);
    }

    static MemorySegment stub(MethodHandle target, FunctionDescriptor descriptor) {
        return LINKER.upcallStub(target, descriptor, Arena.global());
    }

    Optional<MemorySegment> find(String name) {
        Optional<MemorySegment> found = lookup.find(name);
        looked.put(name, found.isPresent());
        return found;
    }

    /// Every name that was looked for so far, and whether this system has it.
    SortedMap<String, Boolean> looked() {
        return new TreeMap<>(looked);
    }

    /// NULL where this system has no such symbol.
    MemorySegment optional(String name) {
        return find(name).orElse(MemorySegment.NULL);
    }

    MemorySegment require(String name) throws VmnetException {
        return find(name)
                .orElseThrow(() ->
                        VmnetException.of("dlsym", "this system has no " + name, "vmnet needs macOS 10.10 or newer"));
    }

    /// A key of a dictionary: the symbol is a variable that points to the string.
    ///
    /// @return NULL where this system does not know it
    MemorySegment key(String name) {
        return find(name)
                .map(variable -> variable.reinterpret(POINTER.byteSize()).get(POINTER, 0))
                .orElse(MemorySegment.NULL);
    }

    /// @return null for NULL
    static String string(MemorySegment pointer) {
        return pointer.address() == 0
                ? null
                : pointer.reinterpret(LONGEST_STRING).getString(0);
    }

    /// A call threw something of Java's, which it never does.
    static AssertionError unexpected(Throwable cause) {
        return new AssertionError("a native call threw", cause);
    }
}
