package vmlan.program.command;

import java.util.List;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// What a command takes that does something with each of several VMs ([EachVm]).
final class VmNames {
    @Option(names = "--json", description = "Print what became of each as JSON; errors as JSON, too.")
    private boolean json;

    @Parameters(paramLabel = "NAME", arity = "1..*", description = "The VMs.")
    private List<String> names;

    List<String> all() {
        return names;
    }

    boolean wantsJson() {
        return json;
    }

    EachVm each(Session session) {
        return new EachVm(session, json);
    }
}
