package vmlan.qemu.translation;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import vmlan.qemu.language.QemuLine.Argument;

/// `-set GROUP.ID.KEY=VALUE`, which changes an option that stands before it (QEMU util/qemu-config.c).
record SetOption(String group, String id, String key, String value) {
    private static final Pattern FORM =
            Pattern.compile("([^.]{1,63})\\.([^.]{1,63})\\.([^=]{1,63})=(.*)", Pattern.DOTALL);

    /// Empty where it is none.
    static Optional<SetOption> of(Argument argument) {
        if (!argument.is("set") || argument.value() == null) {
            return Optional.empty();
        }
        Matcher form = FORM.matcher(argument.value());
        return form.matches()
                ? Optional.of(new SetOption(form.group(1), form.group(2), form.group(3), form.group(4)))
                : Optional.empty();
    }

    /// Of the option that it changes.
    String target() {
        return group + "." + id;
    }
}
