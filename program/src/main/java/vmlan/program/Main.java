package vmlan.program;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import vmlan.program.command.Root;

/// The entry of the `vmlan` command.
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        PrintStream err = new PrintStream(System.err, true, StandardCharsets.UTF_8);
        System.exit(Root.run(arguments, out, err));
    }
}
