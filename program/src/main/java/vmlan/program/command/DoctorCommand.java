package vmlan.program.command;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import vmlan.program.doctor.Doctor;
import vmlan.program.doctor.RealHost;
import vmlan.program.doctor.Report;
import vmlan.program.message.Failure;
import vmlan.program.selftest.InterfaceStart;
import vmlan.program.selftest.SelfTest;
import vmlan.program.selftest.Step;

@Command(
        name = "doctor",
        description = {
            "Looks at this host, and says what will not work with vmlan, why that matters, and what to type.",
            "It changes nothing and sends nothing. The exit code is 1 when something keeps vmlan from working.",
            "",
            "With --selftest, on a Mac, it starts Apple's networks for a moment, asks for addresses on them as a guest would,"
                    + " and writes a report that can be sent. The exit code is 1 when a step failed or could not be tried."
        },
        footer = {
            "",
            "Examples:",
            "  vmlan doctor",
            "  vmlan doctor --json",
            "  sudo vmlan doctor --selftest",
        })
final class DoctorCommand implements Callable<Integer> {
    @Mixin
    HelpOption help;

    @Option(names = "--json", description = "Print a JSON object; with --selftest an array.")
    private boolean json;

    @Option(names = "--selftest", description = "On a Mac: try Apple's networks, and write a report to send.")
    private boolean selfTest;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description = "Where the report of --selftest goes; without it, vmlan-selftest.txt here.")
    private Path output;

    @Option(
            names = "--interface",
            paramLabel = "NIC",
            description = "The NIC that --selftest bridges to; without it, that of the default route.")
    private String nic;

    private final Session session;

    DoctorCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws IOException, Failure {
        if (selfTest) {
            return runSelfTest();
        }
        if (output != null || nic != null) {
            throw Failure.usage((output == null ? "--interface" : "-o") + " is for the self test", "add --selftest");
        }
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

    private int runSelfTest() throws IOException, Failure {
        Path file = (output == null ? Path.of("vmlan-selftest.txt") : output).toAbsolutePath();
        List<Step> steps;
        try (RealHost host = new RealHost()) {
            SelfTest test = new SelfTest(
                    Version.number(),
                    nic,
                    InterfaceStart.ofThisProcess(),
                    () -> host.qemu(host.architecture()),
                    file,
                    step -> {
                        if (!json) {
                            session.out().println(step.text());
                        }
                    });
            Runtime.getRuntime()
                    .addShutdownHook(new Thread(
                            () -> {
                                test.interrupt();
                                host.close();
                            },
                            "tidy"));
            steps = test.run();
        }
        if (json) {
            session.json(steps.stream().map(Step::toJson).toList());
        }
        session.progress().note("the report is in " + file + "; read it, and send it to the project");
        return SelfTest.holds(steps) ? 0 : 1;
    }
}
