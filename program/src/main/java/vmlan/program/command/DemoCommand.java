package vmlan.program.command;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import vmlan.program.demo.Demo;
import vmlan.program.demo.DemoReport;
import vmlan.program.message.Failure;
import vmlan.program.serve.Networks;
import vmlan.program.vm.VmStarter;

@Command(
        name = "demo",
        description = {
            "Shows a bridged guest on a LAN: builds a little one in network namespaces (a router, another machine, a host"
                    + " with en0), bridges a real guest to the host's NIC, and proves line by line who got which"
                    + " address and who reaches whom.",
            "Needs no root where user namespaces are allowed. Touches nothing of this machine and leaves nothing behind."
        },
        footer = {"", "Examples:", "  vmlan demo", "  vmlan demo --wifi", "  vmlan demo --isolated"})
final class DemoCommand implements Callable<Integer> {
    @Mixin
    HelpOption help;

    @Option(names = "--wifi", description = "On a link that carries only the NIC's own MAC address, as Wi-Fi does.")
    private boolean wifi;

    @Option(names = "--isolated", description = "With two guests that do not see each other; host and LAN see both.")
    private boolean isolated;

    @Option(
            names = "--own-router",
            description = "With vmlan's own gateway as the LAN's router, also where dnsmasq is installed.")
    private boolean ownRouter;

    private final Session session;

    DemoCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws Failure {
        Path cache = session.places().cache();
        // Made here, where there is an Internet to fetch it from; the LAN has none.
        VmStarter starter = new VmStarter(session.places(), session.store(), session.networks(), session.progress());
        starter.prepareDemoGuest();
        PrintStream out = session.out();
        try (Demo demo = new Demo(Networks.launcher(), cache, session.progress(), new DemoReport(out))) {
            Thread hook = new Thread(demo::close, "demo");
            Runtime.getRuntime().addShutdownHook(hook);
            return demo.run(new Demo.Wish(wifi, isolated, ownRouter));
        } finally {
            session.progress().done();
        }
    }
}
