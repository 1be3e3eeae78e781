package vmlan.qemu.language.reading;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import vmlan.qemu.language.CNumber;

/// A guest's MAC address, as QEMU reads and gives it.
///
/// @param value its 48 bits
record Mac(long value) {
    private static final Pattern STRICT = Pattern.compile("[0-9a-fA-F]{2}([:-][0-9a-fA-F]{2}){5}");

    /// As `-nic mac=` and `-net nic,macaddr=` have it (QEMU net/util.c, net_parse_macaddr): six hexadecimal numbers,
    /// of which eight bits count, or one number for the last three bytes.
    static Optional<Mac> loose(String text) {
        Optional<CNumber> whole = CNumber.parse(text, 0);
        if (text.isEmpty()) {
            return Optional.of(new Mac(0));
        }
        if (whole.isPresent()
                && whole.get().isWhole()
                && !whole.get().overflows()
                && whole.get().value() >= 0
                && whole.get().value() <= 0xffffff) {
            return Optional.of(new Mac(whole.get().value()));
        }
        long value = 0;
        String rest = text;
        for (int i = 0; i < 6; i++) {
            Optional<CNumber> number = CNumber.parse(rest, 16);
            value = value << 8 | (number.map(CNumber::value).orElse(0L) & 0xff);
            rest = number.map(CNumber::rest).orElse(rest);
            if (i == 5) {
                return rest.isEmpty() ? Optional.of(new Mac(value)) : Optional.empty();
            }
            if (!rest.startsWith(":") && !rest.startsWith("-")) {
                return Optional.empty();
            }
            rest = rest.substring(1);
        }
        return Optional.empty();
    }

    /// As a device's `mac=` has it (QEMU hw/core/qdev-properties-system.c, set_mac).
    static Optional<Mac> strict(String text) {
        return STRICT.matcher(text).matches()
                ? Optional.of(new Mac(HexFormat.fromHexDigitsToLong(text.replaceAll("[:-]", ""))))
                : Optional.empty();
    }

    boolean isMulticast() {
        return (value >> 40 & 1) != 0;
    }

    @Override
    public String toString() {
        List<String> bytes = new ArrayList<>();
        for (int shift = 40; shift >= 0; shift -= 8) {
            bytes.add(HexFormat.of().toHexDigits((byte) (value >> shift)));
        }
        return String.join(":", bytes);
    }

    /// The addresses of one QEMU's NICs (QEMU net/net.c, qemu_macaddr_default_if_unset): who names none, or nothing but
    /// zeros, gets the first of 52:54:00:12:34:56 and the 168 behind it that is not taken then.
    static final class Table {
        private static final long FIRST = 0x5254_0012_3456L;
        private static final long LAST = 0x5254_0012_34feL;
        private final List<Mac> taken = new ArrayList<>();

        /// @param named null: none
        /// @return the address that the NIC has
        Mac take(Mac named) {
            Mac mac = named == null || named.value() == 0 ? free() : named;
            taken.add(mac);
            return mac;
        }

        boolean isTaken(Mac mac) {
            return taken.contains(mac);
        }

        private Mac free() {
            for (long value = FIRST; value <= LAST; value++) {
                if (!isTaken(new Mac(value))) {
                    return new Mac(value);
                }
            }
            return new Mac(LAST + 1);
        }
    }
}
