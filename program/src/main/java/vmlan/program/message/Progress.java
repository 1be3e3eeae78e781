package vmlan.program.message;

import java.io.PrintStream;

/// What a command is doing, on standard error: one line that is written over on a terminal, nothing for quick steps
/// elsewhere, notes always.
public final class Progress {
    private final PrintStream out;
    private final boolean terminal;
    private boolean lineOpen;

    public Progress(PrintStream out, boolean terminal) {
        this.out = out;
        this.terminal = terminal;
    }

    /// A step that may take a while.
    public synchronized void step(String what) {
        if (terminal) {
            // ECMA-48: carriage return, then erase to the end of the line.
            out.print("\r\u001b[Kvmlan: " + what + " …");
            out.flush();
            lineOpen = true;
        }
    }

    /// A line that stays.
    public synchronized void note(String line) {
        clear();
        out.println("vmlan: " + line);
    }

    /// The steps are over; their line goes away.
    public synchronized void done() {
        clear();
    }

    private void clear() {
        if (lineOpen) {
            out.print("\r\u001b[K");
            out.flush();
            lineOpen = false;
        }
    }
}
