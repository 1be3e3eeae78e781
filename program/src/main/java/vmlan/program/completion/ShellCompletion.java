package vmlan.program.completion;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine.Model.CommandSpec;

/// A shell that completes, and its script.
public enum ShellCompletion {
    BASH("bash.sh") {
        @Override
        String quoted(String text) {
            return "'" + text.replace("'", "'\\''") + "'";
        }
    },
    ZSH("zsh.sh") {
        @Override
        String quoted(String text) {
            return BASH.quoted(text);
        }
    },
    FISH("fish.fish") {
        // Within single quotes fish knows `\'` and `\\` (fish-language, Quotes).
        @Override
        String quoted(String text) {
            return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
        }
    };

    private final String script;

    ShellCompletion(String script) {
        this.script = script;
    }

    abstract String quoted(String text);

    /// The script to be read by the shell.
    ///
    /// @param root `vmlan` with all its commands
    public String script(CommandSpec root) {
        String engine = resource("engine.sh").replace("#TABLES#\n", CommandTables.of(root));
        return resource(script).replace("#ENGINE#", quoted(engine));
    }

    private static String resource(String name) {
        try (InputStream in = ShellCompletion.class.getResourceAsStream(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
