package vmlan.program;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import vmlan.host.posix.Identity;
import vmlan.host.posix.IdentityException;
import vmlan.program.command.Root;
import vmlan.program.message.Failure;

/// The entry of the `vmlan` command.
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        PrintStream err = new PrintStream(System.err, true, StandardCharsets.UTF_8);
        // Not a native call otherwise: these cost every command's start.
        if (System.getenv(Identity.VARIABLE) != null) {
            try {
                actAsOwner();
            } catch (Failure e) {
                System.exit(Root.refuse(e, arguments, err));
            }
        }
        System.exit(Root.run(arguments, out, err));
    }

    /// Before anything is read or made: root's process works for a user (setup/sudo.sh).
    private static void actAsOwner() throws Failure {
        try {
            Optional<Identity> owner = Identity.ofEnvironment();
            if (owner.isPresent()) {
                owner.get().actAsOwner();
            }
        } catch (IllegalArgumentException e) {
            throw Failure.usage(
                    "$VMLAN_OWNER makes no sense: " + e.getMessage(), "leave it unset, and type: sudo ./vmlan");
        } catch (IdentityException e) {
            throw Failure.world(
                    "root cannot work for the user that $VMLAN_OWNER names: " + e.getMessage(),
                    "leave it unset, and type: sudo ./vmlan",
                    e);
        }
    }
}
