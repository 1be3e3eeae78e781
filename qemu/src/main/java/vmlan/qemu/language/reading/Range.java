package vmlan.qemu.language.reading;

import java.math.BigInteger;
import vmlan.qemu.language.BackendOption;

/// A whole number's bounds and QEMU's name for them (qapi/qapi-visit-core.c).
enum Range {
    INT32("int32_t", BigInteger.TWO.pow(31).negate(), 31),
    INT64("int64_t", BigInteger.TWO.pow(63).negate(), 63),
    UINT16("uint16_t", BigInteger.ZERO, 16),
    UINT32("uint32_t", BigInteger.ZERO, 32),
    UINT64("uint64_t", BigInteger.ZERO, 64);

    final String name;
    private final BigInteger least;
    private final BigInteger beyond;

    Range(String name, BigInteger least, int bits) {
        this.name = name;
        this.least = least;
        beyond = BigInteger.TWO.pow(bits);
    }

    static Range of(BackendOption.Type type) {
        return switch (type) {
            case INT32 -> INT32;
            case UINT16 -> UINT16;
            case UINT32 -> UINT32;
            case UINT64, SIZE -> UINT64;
            default -> INT64;
        };
    }

    boolean has(BigInteger number) {
        return number.compareTo(least) >= 0 && number.compareTo(beyond) < 0;
    }
}
