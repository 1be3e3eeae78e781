package vmlan.qemu.language.reading;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import vmlan.qemu.language.Backend;
import vmlan.qemu.language.BackendOption;
import vmlan.qemu.language.Dialect;
import vmlan.qemu.language.HashOrder;
import vmlan.qemu.language.Tree;
import vmlan.qemu.language.Wrong;

/// A backend's options, given with dotted keys or as JSON, as QEMU takes them up in the order of its schema (QEMU
/// qapi/qobject-input-visitor.c). With dotted keys all values are texts; in JSON each has to be of the right kind.
final class TreeVisit {
    private final Dialect dialect;
    private final boolean json;

    private TreeVisit(Dialect dialect, boolean json) {
        this.dialect = dialect;
        this.json = json;
    }

    /// @return QEMU's text; empty: nothing is wrong
    static Optional<String> visit(Tree.Dict tree, boolean json, Dialect dialect) {
        try {
            new TreeVisit(dialect, json).netdev(tree);
            return Optional.empty();
        } catch (Wrong e) {
            return Optional.of(e.getMessage());
        }
    }

    private void netdev(Tree.Dict tree) throws Wrong {
        text(tree, "", "id");
        String type = text(tree, "", "type");
        if (!Backend.isType(type, dialect)) {
            throw new Wrong("Parameter 'type' does not accept value '" + type + "'");
        }
        members(tree, "", Backend.of(type).map(Backend::options).orElse(List.of()), List.of("id", "type"));
    }

    private void members(Tree.Dict tree, String path, List<BackendOption> options, List<String> before) throws Wrong {
        List<String> taken = new ArrayList<>(before);
        for (BackendOption option : options) {
            if (option.isIn(dialect.version())
                    && (option.mandatory() || tree.members().containsKey(option.name()))) {
                member(tree, path, option);
                taken.add(option.name());
            }
        }
        checkNothingIsLeft(tree, path, taken);
    }

    private static void checkNothingIsLeft(Tree.Dict tree, String path, List<String> taken) throws Wrong {
        if (!taken.containsAll(tree.members().keySet())) {
            List<String> added = HashOrder.ofDict(tree.members()).stream()
                    .map(Map.Entry::getKey)
                    .toList();
            throw new Wrong("Parameter '" + path + HashOrder.firstLeft(added, taken) + "' is unexpected");
        }
    }

    private void member(Tree.Dict tree, String path, BackendOption option) throws Wrong {
        String name = option.name();
        switch (option.type()) {
            case TEXT -> text(tree, path, name);
            case WORD -> {
                String word = text(tree, path, name);
                if (!option.words().contains(word)) {
                    throw new Wrong("Parameter '" + name + "' does not accept value '" + word + "'");
                }
            }
            case BOOL -> bool(tree, path, name);
            case LIST -> list(tree, path, name);
            case ADDRESS -> address(tree, path, name);
            case INT, INT32 -> {
                Optional<BigInteger> number =
                        json ? integer(value(tree, path, name)) : Scalars.signed(text(tree, path, name));
                if (number.isEmpty() && json) {
                    throw kind(path + name, "integer");
                }
                range(number, path, option, "integer");
            }
            case SIZE -> {
                if (json) {
                    range(unsigned(value(tree, path, name)), path, option, "uint64");
                } else if (!Scalars.isSize(text(tree, path, name))) {
                    throw new Wrong("Parameter '" + path + name + "' expects size");
                }
            }
            case UINT16, UINT32, UINT64 ->
                range(
                        json ? unsigned(value(tree, path, name)) : Scalars.wrapped(text(tree, path, name)),
                        path,
                        option,
                        json ? "uint64" : "integer");
        }
    }

    /// The bound is said of the name alone, the form of the whole path.
    private static void range(Optional<BigInteger> number, String path, BackendOption option, String form)
            throws Wrong {
        if (number.isEmpty()) {
            throw new Wrong("Parameter '" + path + option.name() + "' expects " + form);
        }
        Range range = Range.of(option.type());
        if (!range.has(number.get())) {
            throw new Wrong("Parameter '" + option.name() + "' expects " + range.name);
        }
    }

    private void address(Tree.Dict tree, String path, String name) throws Wrong {
        Tree value = value(tree, path, name);
        if (!(value instanceof Tree.Dict address)) {
            throw kind(path + name, "object");
        }
        String below = path + name + ".";
        String type = text(address, below, "type");
        Backend kind = Backend.addresses().get(type);
        if (kind == null) {
            throw new Wrong("Parameter 'type' does not accept value '" + type + "'");
        }
        members(address, below, kind.options(), List.of("type"));
    }

    private void list(Tree.Dict tree, String path, String name) throws Wrong {
        if (!(value(tree, path, name) instanceof Tree.Items items)) {
            throw kind(path + name, "array");
        }
        for (int i = 0; i < items.items().size(); i++) {
            String element = path + name + "[" + i + "]";
            if (!(items.items().get(i) instanceof Tree.Dict item)) {
                throw kind(element, "object");
            }
            text(item, element + ".", "str");
            checkNothingIsLeft(item, element + ".", List.of("str"));
        }
    }

    private void bool(Tree.Dict tree, String path, String name) throws Wrong {
        if (json) {
            if (!(value(tree, path, name) instanceof Tree.Bool)) {
                throw kind(path + name, "boolean");
            }
        } else if (Scalars.bool(text(tree, path, name)).isEmpty()) {
            throw new Wrong("Parameter '" + path + name + "' expects 'on' or 'off'");
        }
    }

    private String text(Tree.Dict tree, String path, String name) throws Wrong {
        Tree value = value(tree, path, name);
        if (value instanceof Tree.Text text) {
            return text.value();
        }
        throw json ? kind(path + name, "string") : new Wrong("Parameters '" + path + name + ".*' are unexpected");
    }

    private static Tree value(Tree.Dict tree, String path, String name) throws Wrong {
        Tree value = tree.members().get(name);
        if (value == null) {
            throw new Wrong("Parameter '" + path + name + "' is missing");
        }
        return value;
    }

    private static Wrong kind(String path, String expected) {
        return new Wrong("Invalid parameter type for '" + path + "', expected: " + expected);
    }

    /// Whole numbers are those that are written so.
    private static Optional<BigInteger> integer(Tree value) {
        return value instanceof Tree.Numeral number && number.text().matches("-?\\d{1,20}")
                ? Optional.of(new BigInteger(number.text())).filter(Range.INT64::has)
                : Optional.empty();
    }

    /// A negative number counts down from 2^64, for the sake of old callers.
    private static Optional<BigInteger> unsigned(Tree value) {
        if (!(value instanceof Tree.Numeral number) || !number.text().matches("-?\\d{1,20}")) {
            return Optional.empty();
        }
        BigInteger whole = new BigInteger(number.text());
        if (Range.INT64.has(whole)) {
            return Optional.of(whole.signum() < 0 ? whole.add(BigInteger.TWO.pow(64)) : whole);
        }
        return Optional.of(whole).filter(Range.UINT64::has);
    }
}
