package vmlan.tests.messages;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import vmlan.tests.Checkout;

/// The tables of docs/messages.md.
///
/// @param ofSources messages that a `Failure` or a `QemuException` of the sources has word for word
/// @param ofOthers those of a command line's parser, and those whose first line another part of the program words
record MessageTable(List<Message> ofSources, List<Message> ofOthers) {
    private static final String OTHERS = "## What is put together";

    static MessageTable read() throws IOException {
        List<Message> ofSources = new ArrayList<>();
        List<Message> ofOthers = new ArrayList<>();
        List<Message> rows = ofSources;
        for (String line : Files.readAllLines(Checkout.folder().resolve("docs/messages.md"))) {
            if (line.equals(OTHERS)) {
                rows = ofOthers;
            }
            Message message = Message.ofRow(line);
            if (message != null) {
                rows.add(message);
            }
        }
        return new MessageTable(ofSources, ofOthers);
    }

    List<Message> messages() {
        List<Message> all = new ArrayList<>(ofSources);
        all.addAll(ofOthers);
        return all;
    }
}
