package vmlan.program.doctor;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import vmlan.program.config.NetworksFile;
import vmlan.program.files.Places;

/// The user's own description of networks.
final class ConfigurationCheck {
    private static final String NAME = NetworksFile.NAME;
    private static final String WHY = "networks of your own are described there";

    private final Host host;
    private final Places places;

    ConfigurationCheck(Host host, Places places) {
        this.host = host;
        this.places = places;
    }

    List<Check> all() {
        return List.of(new Check(NAME, WHY, this::file));
    }

    private List<Finding> file() throws IOException {
        Path file = places.config().resolve(NAME);
        Optional<FileFacts> facts = host.facts(file);
        if (facts.isEmpty()) {
            return List.of(Finding.ok(NAME, "none, and none is needed", WHY));
        }
        if (!facts.get().readable()) {
            return List.of(Finding.warning(
                    NAME, file + " cannot be read by this user", WHY, "make it readable: chmod u+r " + file));
        }
        NetworksFile.Content content = host.networksFile(places);
        if (content.problems().isEmpty()) {
            String names = String.join(", ", new TreeSet<>(content.blocks().keySet()));
            return List.of(Finding.ok(NAME, file + (names.isEmpty() ? ": no network" : ": " + names), WHY));
        }
        return content.problems().stream()
                .map(problem -> Finding.warning(
                        NAME,
                        file + ":" + problem.line() + ":" + problem.column() + ": " + problem.what(),
                        "no VM gets onto a network that is described there before the file is in order",
                        problem.remedy()))
                .toList();
    }
}
