package vmlan.qemu.language;

/// What QEMU will say to a command line, in its own words, and what to do about it.
///
/// @param text QEMU's, without the program's name and the option before it; what it says on further lines is behind
///     line breaks. Of a SILENT one ours
/// @param remedy ours
/// @param at the argument that it is about; null for the command line as a whole
public record Finding(Severity severity, String text, String remedy, QemuLine.Argument at) {
    /// How far QEMU goes.
    public enum Severity {
        /// QEMU says it and does not start.
        ERROR,
        /// QEMU says it and starts.
        WARNING,
        /// QEMU says nothing, and it does not do what was wanted.
        SILENT
    }

    /// As QEMU prints it (util/error-report.c): the program, the option, the text.
    public String line(String program) {
        String where = at == null ? " " : (at.isInFile() ? "" : " ") + String.join(" ", at.words()) + ": ";
        return program + ":" + where + (severity == Severity.WARNING ? "warning: " : "") + text;
    }
}
