package vmlan.program.command;

import java.io.Console;
import java.io.PrintStream;
import vmlan.program.files.Json;
import vmlan.program.files.Places;
import vmlan.program.message.Failure;
import vmlan.program.message.Progress;
import vmlan.program.serve.Networks;
import vmlan.program.vm.VmStore;

/// What every command needs: where to print, and the user's files. Made lazily, since `--help` needs none of it.
final class Session {
    private final PrintStream out;
    private final PrintStream err;
    private Places places;
    private Progress progress;

    Session(PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
    }

    PrintStream out() {
        return out;
    }

    PrintStream err() {
        return err;
    }

    Places places() throws Failure {
        if (places == null) {
            places = Places.ofThisUser();
        }
        return places;
    }

    VmStore store() throws Failure {
        return new VmStore(places(), progress()::note);
    }

    Networks networks() throws Failure {
        return networks(false);
    }

    Networks networks(boolean bySudo) throws Failure {
        return new Networks(places(), bySudo);
    }

    Progress progress() {
        if (progress == null) {
            progress = new Progress(err, isTerminal());
        }
        return progress;
    }

    /// Whether a person sits there: standard input and output are a terminal.
    @SuppressWarnings("SystemConsoleNull") // null again since Java 25 where there is no terminal
    boolean isTerminal() {
        Console console = System.console();
        return console != null && console.isTerminal();
    }

    void json(Object value) {
        out.println(Json.pretty(value));
    }
}
