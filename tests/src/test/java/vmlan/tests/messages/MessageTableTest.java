package vmlan.tests.messages;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import vmlan.tests.Checkout;

/// docs/messages.md has all messages, and none that nobody says.
class MessageTableTest {
    @Test
    void theTableHasEveryMessageOfTheSources() throws IOException {
        Set<Message> missing = MessageSources.of(Checkout.folder()).messages();
        missing.removeAll(MessageTable.read().messages());
        assertThat(rows(missing)).as("rows to add to docs/messages.md").isEmpty();
    }

    @Test
    void everyMessageOfTheTableIsSaidByTheSources() throws IOException {
        Set<Message> nobodys = new TreeSet<>(MessageTable.read().ofSources());
        nobodys.removeAll(MessageSources.of(Checkout.folder()).messages());
        assertThat(rows(nobodys)).as("rows to take out of docs/messages.md").isEmpty();
    }

    private static List<String> rows(Set<Message> messages) {
        return messages.stream().map(Message::toRow).collect(Collectors.toList());
    }
}
