package vmlan.host.macos;

import static vmlan.host.macos.Symbols.BOOL;
import static vmlan.host.macos.Symbols.LONG;
import static vmlan.host.macos.Symbols.POINTER;
import static vmlan.host.macos.Symbols.returning;
import static vmlan.host.macos.Symbols.shape;
import static vmlan.host.macos.Symbols.unexpected;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.ByteOrder;
import java.util.UUID;

/// XPC's dictionaries and arrays (xpc/xpc.h), in which vmnet takes and gives its parameters. XPC ends a
/// process that passes NULL for an object; so nothing here is called with it.
final class Xpc {
    private static final int UUID_BYTES = 16;

    private static final MethodHandle CREATE = shape(returning(POINTER, POINTER, POINTER, LONG));
    private static final MethodHandle RELEASE = shape(FunctionDescriptor.ofVoid(POINTER));
    private static final MethodHandle SET_UINT64 = shape(FunctionDescriptor.ofVoid(POINTER, POINTER, LONG));
    private static final MethodHandle SET_BOOL = shape(FunctionDescriptor.ofVoid(POINTER, POINTER, BOOL));
    private static final MethodHandle SET_POINTER = shape(FunctionDescriptor.ofVoid(POINTER, POINTER, POINTER));
    private static final MethodHandle GET_UINT64 = shape(returning(LONG, POINTER, POINTER));
    private static final MethodHandle GET_POINTER = shape(returning(POINTER, POINTER, POINTER));
    private static final MethodHandle COUNT = shape(returning(LONG, POINTER));
    private static final MethodHandle ELEMENT = shape(returning(POINTER, POINTER, LONG));

    private final MemorySegment create;
    private final MemorySegment release;
    private final MemorySegment setUint64;
    private final MemorySegment setBool;
    private final MemorySegment setString;
    private final MemorySegment setUuid;
    private final MemorySegment getUint64;
    private final MemorySegment getString;
    private final MemorySegment getUuid;
    private final MemorySegment arrayCount;
    private final MemorySegment arrayString;
    private final MemorySegment arrayValue;

    Xpc(Symbols symbols) throws VmnetException {
        create = symbols.require("xpc_dictionary_create");
        release = symbols.require("xpc_release");
        setUint64 = symbols.require("xpc_dictionary_set_uint64");
        setBool = symbols.require("xpc_dictionary_set_bool");
        setString = symbols.require("xpc_dictionary_set_string");
        setUuid = symbols.require("xpc_dictionary_set_uuid");
        getUint64 = symbols.require("xpc_dictionary_get_uint64");
        getString = symbols.require("xpc_dictionary_get_string");
        getUuid = symbols.require("xpc_dictionary_get_uuid");
        arrayCount = symbols.require("xpc_array_get_count");
        arrayString = symbols.require("xpc_array_get_string");
        arrayValue = symbols.require("xpc_array_get_value");
    }

    /// An empty dictionary; [#release] gives it back.
    MemorySegment dictionary() {
        try {
            return (MemorySegment) CREATE.invokeExact(create, MemorySegment.NULL, MemorySegment.NULL, 0L);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    void release(MemorySegment object) {
        try {
            RELEASE.invokeExact(release, object);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    void set(MemorySegment dictionary, MemorySegment key, long value) {
        try {
            SET_UINT64.invokeExact(setUint64, dictionary, key, value);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    void set(MemorySegment dictionary, MemorySegment key, boolean value) {
        try {
            SET_BOOL.invokeExact(setBool, dictionary, key, value);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    void set(MemorySegment dictionary, MemorySegment key, String value) {
        try (Arena arena = Arena.ofConfined()) {
            SET_POINTER.invokeExact(setString, dictionary, key, arena.allocateFrom(value));
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    void set(MemorySegment dictionary, MemorySegment key, UUID value) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = arena.allocate(UUID_BYTES, Long.BYTES);
            bytes.asByteBuffer()
                    .order(ByteOrder.BIG_ENDIAN)
                    .putLong(value.getMostSignificantBits())
                    .putLong(value.getLeastSignificantBits());
            SET_POINTER.invokeExact(setUuid, dictionary, key, bytes);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    /// @param key NULL where the system does not know it
    /// @return 0 when it is not there
    long uint64(MemorySegment dictionary, MemorySegment key) {
        if (key.address() == 0) {
            return 0;
        }
        try {
            return (long) GET_UINT64.invokeExact(getUint64, dictionary, key);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    /// @param key NULL where the system does not know it
    /// @return null when it is not there
    String string(MemorySegment dictionary, MemorySegment key) {
        return key.address() == 0 ? null : Symbols.string(pointer(getString, dictionary, key));
    }

    /// @param key NULL where the system does not know it
    /// @return null when it is not there
    UUID uuid(MemorySegment dictionary, MemorySegment key) {
        MemorySegment bytes = key.address() == 0 ? MemorySegment.NULL : pointer(getUuid, dictionary, key);
        if (bytes.address() == 0) {
            return null;
        }
        var buffer = bytes.reinterpret(UUID_BYTES).asByteBuffer().order(ByteOrder.BIG_ENDIAN);
        return new UUID(buffer.getLong(), buffer.getLong());
    }

    private static MemorySegment pointer(MemorySegment function, MemorySegment dictionary, MemorySegment key) {
        try {
            return (MemorySegment) GET_POINTER.invokeExact(function, dictionary, key);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    long count(MemorySegment array) {
        try {
            return (long) COUNT.invokeExact(arrayCount, array);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    /// @return null when it is no string
    String stringAt(MemorySegment array, long index) {
        return Symbols.string(element(arrayString, array, index));
    }

    /// Belongs to the array.
    MemorySegment valueAt(MemorySegment array, long index) {
        return element(arrayValue, array, index);
    }

    private static MemorySegment element(MemorySegment function, MemorySegment array, long index) {
        try {
            return (MemorySegment) ELEMENT.invokeExact(function, array, index);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }
}
