package vmlan.qemu.language.backend;

import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import vmlan.qemu.language.Dialect;
import vmlan.qemu.language.NetworkOption;
import vmlan.qemu.language.Surroundings;

/// What to do about the texts of one form.
record Remedy(Pattern text, Function<Asked, String> says) {
    /// A text that was found, and where.
    ///
    /// @param option that it was said of; null where it is not one option's
    record Asked(Matcher match, NetworkOption option, Dialect dialect, Surroundings surroundings) {
        String group(int number) {
            return match.group(number);
        }

        String type() {
            return option == null ? "" : option.type();
        }

        boolean is(NetworkOption.Kind kind) {
            return option != null && option.kind() == kind;
        }

        /// The option's own value, or an example.
        String value(String key, String example) {
            return option == null ? example : option.settings().value(key).orElse(example);
        }
    }

    /// @param text of which the whole has to match
    /// @param words `{1}` is what the first group matched
    static Remedy say(String text, String words) {
        return say(text, asked -> {
            String said = words;
            for (int group = 1; group <= asked.match().groupCount(); group++) {
                said = said.replace("{" + group + "}", String.valueOf(asked.group(group)));
            }
            return said;
        });
    }

    static Remedy say(String text, Function<Asked, String> says) {
        return new Remedy(Pattern.compile(text, Pattern.DOTALL), says);
    }
}
