package vmlan.program.explain;

import java.util.Locale;
import vmlan.qemu.language.Finding;

/// What QEMU will say to the line, and what to do.
///
/// @param severity error, warning or silent
/// @param qemu the line that QEMU prints; null where it says nothing
/// @param text without the program and the option before it
/// @param remedy what to do
/// @param option the argument that it is about; null for the line as a whole
/// @param mistake whether it has to be mended; not what `vmlan qemu` makes good by itself, nor a mere warning
/// @param printed whether QEMU gets so far as to say it: it ends at its first error
/// @param elsewhere whether it is said by a QEMU that has the backend, which this one has not
public record FoundMistake(
        String severity,
        String qemu,
        String text,
        String remedy,
        String option,
        boolean mistake,
        boolean printed,
        boolean elsewhere) {

    static FoundMistake of(Finding finding, String program, boolean mistake, boolean printed, boolean elsewhere) {
        boolean silent = finding.severity() == Finding.Severity.SILENT;
        return new FoundMistake(
                finding.severity().name().toLowerCase(Locale.ROOT),
                silent ? null : finding.line(program),
                finding.text(),
                finding.remedy(),
                finding.at() == null ? null : String.join(" ", finding.at().words()),
                mistake,
                printed,
                elsewhere);
    }

    /// Warnings of deprecated things are none; one of a backend or a NIC that nothing is behind is: hot-plug, for which
    /// it may be meant, is not on a command line.
    static boolean isMistake(Finding finding) {
        return finding.severity() != Finding.Severity.WARNING
                || finding.text().endsWith("has no peer")
                || finding.text().endsWith("is not connected to host network")
                || finding.text().endsWith("with no nics");
    }
}
