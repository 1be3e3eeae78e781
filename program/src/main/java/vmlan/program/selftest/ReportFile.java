package vmlan.program.selftest;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import vmlan.program.files.Places;
import vmlan.program.message.Failure;

/// The report, as a file to send: plain text that says itself what is in it, and what is not.
final class ReportFile {
    /// A link is not followed: the folder may be one where others can write, and this may be root.
    private static final Set<OpenOption> OPTIONS = Set.of(
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING,
            LinkOption.NOFOLLOW_LINKS);

    private static final String HEAD = """
            vmlan self test

            This file tells how vmlan's self test went on one Mac: the versions of system, Java and QEMU, the model of the
            machine, which functions of Apple's vmnet.framework there are, and each step with its time. Left out are the
            user's and the machine's name, the home folder, the last three bytes of MAC addresses, all but the beginning of
            IPv6 addresses, and the end of IPv4 addresses that are not private. Read it before you send it.

            """;

    private final Path file;
    private final Mask mask;

    ReportFile(Path file, Mask mask) {
        this.file = file;
        this.mask = mask;
    }

    /// Makes the file, so that a place that takes none is known before minutes have passed.
    void begin() throws Failure {
        write(HEAD + "The self test was begun, and has not ended.\n");
    }

    /// @param symbols empty where there is no framework
    void write(Machine machine, SortedMap<String, Boolean> symbols, List<Step> steps) throws Failure {
        StringBuilder text = new StringBuilder();
        for (Map.Entry<String, String> fact : machine.facts().entrySet()) {
            text.append(String.format("%-8s %s%n", fact.getKey(), fact.getValue()));
        }
        text.append('\n');
        steps.forEach(step -> text.append(step.text()).append('\n'));
        text.append('\n');
        symbols.forEach((name, there) ->
                text.append(there ? "has    " : "lacks  ").append(name).append('\n'));
        write(HEAD + mask.apply(text.toString()));
    }

    private void write(String text) throws Failure {
        try (var out = Files.newByteChannel(file, OPTIONS)) {
            var bytes = java.nio.ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                out.write(bytes);
            }
        } catch (IOException e) {
            throw Failure.world(
                    "the report cannot be written to " + file + ": " + Places.reason(e),
                    "name a file in a folder of yours: -o FILE",
                    e);
        }
    }
}
