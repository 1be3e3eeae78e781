package vmlan.qemu.language.reading;

import java.util.List;
import vmlan.qemu.language.Dialect;
import vmlan.qemu.language.NetworkOption;
import vmlan.qemu.language.QemuLine;
import vmlan.qemu.language.Reading;
import vmlan.qemu.language.Surroundings;

/// One reading of a command line, by the stages of QEMU's start. After QEMU's first error the later stages are gone
/// through all the same, for whoever wants to know of every mistake at once.
final class Reader {
    private final QemuLine line;
    private final Dialect dialect;
    private final Surroundings surroundings;

    Reader(QemuLine line, Dialect dialect, Surroundings surroundings) {
        this.line = line;
        this.dialect = dialect;
        this.surroundings = surroundings;
    }

    Reading read() {
        Report report = new Report(dialect, surroundings);
        ArgumentStage arguments = new ArgumentStage(dialect, surroundings, report);
        arguments.read(line);
        CreationStage creation = new CreationStage(line, dialect, surroundings, report, arguments);
        creation.make();
        MachineStage machine = new MachineStage(line, dialect, report, arguments, creation);
        machine.make();
        if (creation.modelHelp) {
            report.end();
        }
        if (arguments.hasNetwork) {
            new PeerStage(creation.clients, report).check(machine.unmade);
        }
        List<NetworkOption> options = arguments.options();
        List<Reading.GuestNic> nics = new GuestNics(options, arguments.globals).list();
        return new Reading(line, options, nics, arguments.unread, report.findings(), report.lastSaid());
    }
}
