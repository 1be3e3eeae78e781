package vmlan.qemu.language.reading;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import vmlan.qemu.language.Backend;
import vmlan.qemu.language.BackendOption;
import vmlan.qemu.language.Dialect;
import vmlan.qemu.language.HashOrder;
import vmlan.qemu.language.Settings;
import vmlan.qemu.language.Wrong;

/// A backend's options, given as keys and flags, as QEMU takes them up one by one in the order of its schema: what is
/// wrong with one, and at last which one is left over (QEMU qapi/opts-visitor.c).
final class OptsVisit {
    private final Dialect dialect;
    private final Map<String, String> last = new LinkedHashMap<>();
    private final List<String> taken = new ArrayList<>();

    private OptsVisit(Dialect dialect) {
        this.dialect = dialect;
    }

    /// @param entries without `id`
    /// @param id null: there is none
    /// @return QEMU's text; empty: nothing is wrong
    static Optional<String> visit(List<Settings.Entry> entries, String id, Dialect dialect) {
        OptsVisit visit = new OptsVisit(dialect);
        entries.forEach(entry -> visit.last.put(entry.key(), entry.value()));
        visit.last.remove("id");
        if (id != null) {
            visit.last.put("id", id);
        }
        try {
            visit.netdev();
            return Optional.empty();
        } catch (Wrong e) {
            return Optional.of(e.getMessage());
        }
    }

    private void netdev() throws Wrong {
        take("id");
        String type = take("type");
        if (!Backend.isType(type, dialect)) {
            throw new Wrong("Parameter 'type' does not accept value '" + type + "'");
        }
        for (BackendOption option : Backend.of(type).map(Backend::options).orElse(List.of())) {
            if (dialect.takes(type, option) && (option.mandatory() || last.containsKey(option.name()))) {
                member(option);
            }
        }
        if (!taken.containsAll(last.keySet())) {
            throw new Wrong("Invalid parameter '" + HashOrder.firstLeft(last.keySet(), taken) + "'");
        }
    }

    private String take(String name) throws Wrong {
        String value = last.get(name);
        if (value == null || taken.contains(name)) {
            throw new Wrong("Parameter '" + name + "' is missing");
        }
        taken.add(name);
        return value;
    }

    private void member(BackendOption option) throws Wrong {
        if (option.type() == BackendOption.Type.ADDRESS) {
            // What is nested is looked for among the same keys, and the type is used up.
            take("type");
            return;
        }
        String name = option.name();
        String value = take(name);
        switch (option.type()) {
            case TEXT, LIST, ADDRESS -> {}
            case BOOL -> expect(Scalars.bool(value).isPresent(), name, "'on' or 'off'");
            case SIZE -> expect(Scalars.isSize(value), name, "a size value");
            case WORD -> {
                if (!option.words().contains(value)) {
                    throw new Wrong("Parameter '" + name + "' does not accept value '" + value + "'");
                }
            }
            case INT, INT32 -> {
                Optional<BigInteger> number = Scalars.signed(value);
                expect(number.isPresent(), name, "an int64 value");
                expect(Range.of(option.type()).has(number.orElseThrow()), name, Range.of(option.type()).name);
            }
            case UINT16, UINT32, UINT64 -> {
                Optional<BigInteger> number = Scalars.unsigned(value);
                expect(number.isPresent(), name, "a uint64 value");
                expect(Range.of(option.type()).has(number.orElseThrow()), name, Range.of(option.type()).name);
            }
        }
    }

    private static void expect(boolean right, String name, String what) throws Wrong {
        if (!right) {
            throw new Wrong("Parameter '" + name + "' expects " + what);
        }
    }
}
