package vmlan.tests.messages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import vmlan.tests.real.Installation;

/// Each message of docs/messages.md, as a user comes to see it.
class ProvocationTest {
    private final Bench bench = new Bench();
    private final Set<Message> provoked = new TreeSet<>();

    /// The last one looks at what the others have left out.
    @TestFactory
    List<DynamicTest> everyMessageIsSaidWhenItIsDue() throws Exception {
        MessageTable table = MessageTable.read();
        List<DynamicTest> tests = new ArrayList<>();
        List<Provocation> all = new ArrayList<>();
        all.addAll(new CommandLineProvocations(bench).all());
        all.addAll(new DiskProvocations(bench).all());
        all.addAll(new WorldProvocations(bench).all());
        all.addAll(new VmProvocations(bench).all());
        for (Provocation provocation : all) {
            tests.add(dynamicTest(provocation.what(), () -> provoke(provocation, table)));
        }
        tests.add(dynamicTest("the rest, each with the reason why it is not provoked here", () -> rest(table)));
        return tests;
    }

    private void provoke(Provocation provocation, MessageTable table) throws Exception {
        Installation.Result result = provocation.trial().run();
        Said said = Said.of(result);
        List<Message> meant = table.messages().stream()
                .filter(message -> message.what().equals(provocation.what()))
                .filter(message -> message.fits(said.what(), said.remedy(), said.exitCode()))
                .toList();
        assertThat(meant)
                .as("rows '" + provocation.what() + "' for what was said: " + said)
                .isNotEmpty();
        provoked.addAll(meant);
    }

    private void rest(MessageTable table) {
        List<Message> open = new ArrayList<>(table.messages());
        open.removeAll(provoked);
        List<String> unexplained = open.stream()
                .filter(message -> Unprovoked.reason(message).isEmpty())
                .map(Message::toRow)
                .toList();
        assertThat(unexplained).as("messages that nothing provokes").isEmpty();
        assertThat(Unprovoked.needless(open))
                .as("reasons that are needed no more")
                .isEmpty();
    }

    @AfterEach
    void tidy() throws Exception {
        bench.close();
    }
}
