package vmlan.program.manual;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/// The pages of `vmlan` and all its commands, by their names: `vmlan`, `vmlan-run`, `vmlan-network-show`
/// …
public final class ManualPages {
    private ManualPages() {}

    /// @param root `vmlan` with all its commands
    /// @param version as the page's foot says it
    /// @param date of the pages
    public static Map<String, String> of(CommandSpec root, String version, LocalDate date) {
        Map<String, String> pages = new LinkedHashMap<>();
        add(root, List.of("vmlan"), "", version, date, pages);
        return pages;
    }

    private static void add(
            CommandSpec command,
            List<String> path,
            String above,
            String version,
            LocalDate date,
            Map<String, String> pages) {
        String name = String.join("-", path);
        pages.put(name, new ManualPage(command, path, above, version, date).text());
        for (Map.Entry<String, CommandLine> entry : command.subcommands().entrySet()) {
            CommandSpec below = entry.getValue().getCommandSpec();
            if (!below.usageMessage().hidden()) {
                List<String> longer = new ArrayList<>(path);
                longer.add(entry.getKey());
                add(below, longer, name, version, date, pages);
            }
        }
    }
}
