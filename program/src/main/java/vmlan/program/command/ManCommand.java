package vmlan.program.command;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import vmlan.program.files.Places;
import vmlan.program.manual.ManualPages;
import vmlan.program.message.Failure;

@Command(
        name = "man",
        description = {
            "Shows the manual page of a command, or prints it for man where no terminal is.",
            "With --directory it writes all pages below a folder, where man finds them by themselves: ~/.local/share/man"
                    + " where ~/.local/bin is in PATH, or any folder that MANPATH names."
        },
        footer = {
            "",
            "Examples:",
            "  vmlan man run",
            "  vmlan man network set",
            "  vmlan man --directory ~/.local/share/man      then: man vmlan-run"
        })
final class ManCommand implements Callable<Integer> {
    @Mixin
    HelpOption help;

    @Option(names = "--directory", paramLabel = "FOLDER", description = "Write all pages to man1 in this folder.")
    private Path directory;

    @Option(names = "--json", description = "Errors as JSON.")
    boolean json;

    @Parameters(paramLabel = "COMMAND", arity = "0..*", description = "The command's words (default: vmlan itself).")
    private List<String> words = List.of();

    private final Session session;

    ManCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws Failure, IOException {
        Map<String, String> pages =
                ManualPages.of(Root.model().getCommandSpec(), Version.number(), LocalDate.now(ZoneOffset.UTC));
        if (directory != null) {
            if (!words.isEmpty()) {
                throw Failure.usage("--directory writes all pages, and one was named", "leave one of them away");
            }
            write(pages);
            return 0;
        }
        String name = String.join("-", words);
        String page = pages.get(name.isEmpty() ? "vmlan" : "vmlan-" + name);
        if (page == null) {
            throw Failure.usage(
                    "there is no command '" + String.join(" ", words) + "'", "see which there are: vmlan --help");
        }
        if (session.isTerminal() && shown(page)) {
            return 0;
        }
        session.out().print(page);
        session.out().flush();
        return 0;
    }

    private void write(Map<String, String> pages) throws Failure {
        Path folder = directory.resolve("man1");
        try {
            Files.createDirectories(folder);
            for (Map.Entry<String, String> page : pages.entrySet()) {
                Files.writeString(folder.resolve(page.getKey() + ".1"), page.getValue(), StandardCharsets.US_ASCII);
            }
        } catch (IOException e) {
            throw Failure.world(
                    "the pages cannot be written to " + folder + ": " + Places.reason(e),
                    "take a folder that you may write, with room in it",
                    e);
        }
        session.progress().note(pages.size() + " pages are in " + folder);
    }

    /// By the system's man; where there is none the page is printed as it is.
    private static boolean shown(String page) throws IOException {
        Path file = Files.createTempFile("vmlan", ".1");
        try {
            Files.writeString(file, page, StandardCharsets.US_ASCII);
            return new ProcessBuilder("man", file.toString())
                            .inheritIO()
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        } finally {
            Files.deleteIfExists(file);
        }
    }
}
