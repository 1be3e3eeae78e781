package vmlan.qemu.language.reading;

import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// `-set GROUP.ID.KEY=VALUE`, as QEMU takes it apart with scanf (QEMU system/vl.c, qemu_set_option).
record SetArgument(String group, String id, String key, String value) {
    private static final Pattern FORM =
            Pattern.compile("([^.]{1,63})\\.([^.]{1,63})\\.([^=]{1,63})=(.*)", Pattern.DOTALL);
    private static final Set<String> WITHOUT = Set.of("object", "audiodev", "machine", "smp-opts", "boot-opts");

    static Optional<SetArgument> parse(String text) {
        Matcher match = FORM.matcher(text);
        return match.matches()
                ? Optional.of(new SetArgument(match.group(1), match.group(2), match.group(3), match.group(4)))
                : Optional.empty();
    }

    /// Whether options of that group can be changed so.
    boolean isSupported() {
        return !WITHOUT.contains(group);
    }
}
