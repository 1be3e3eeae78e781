package vmlan.program.command;

import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import vmlan.program.doctor.Doctor;
import vmlan.program.doctor.RealHost;
import vmlan.program.doctor.Report;

@Command(
        name = "doctor",
        description = {
            "Looks at this host, and says what will not work with vmlan, why that matters, and what to type.",
            "It changes nothing and sends nothing. The exit code is 1 when something keeps vmlan from working."
        },
        footer = {
            "",
            "Examples:",
            "  vmlan doctor",
            "  vmlan doctor --json",
        })
final class DoctorCommand implements Callable<Integer> {
    @Mixin
    HelpOption help;

    @Option(names = "--json", description = "Print a JSON object.")
    private boolean json;

    private final Session session;

    DoctorCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws IOException {
        session.progress().step("looking at this host");
        Report report;
        try (RealHost host = new RealHost()) {
            Runtime.getRuntime().addShutdownHook(new Thread(host::close, "tidy"));
            report = new Report(Doctor.examine(host, new Version().getVersion()[0].replace("vmlan ", "")));
        }
        session.progress().done();
        if (json) {
            session.json(report.toJson());
        } else {
            report.print(session.out());
        }
        return report.isHealthy() ? 0 : 1;
    }
}
