package vmlan.program.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class ShellWordsTest {
    @Test
    void wordsAreSplitAsAShellDoes() {
        assertThat(ShellWords.split("  cat  -u ")).containsExactly("cat", "-u");
        assertThat(ShellWords.split("a 'b  c' \"d \\\" e\" f\\ g h'i'\"j\" ''"))
                .containsExactly("a", "b  c", "d \" e", "f g", "hij", "");
        assertThat(ShellWords.split("'a\\b' \"a\\b\" \"\\$x\" $HOME *"))
                .as("nothing is expanded")
                .containsExactly("a\\b", "a\\b", "$x", "$HOME", "*");
        assertThat(ShellWords.split(" ")).isEmpty();
    }

    @Test
    void whatDoesNotEndIsRefused() {
        assertThatThrownBy(() -> ShellWords.split("a 'b")).hasMessageContaining("a quote does not end: '");
        assertThatThrownBy(() -> ShellWords.split("a \\")).hasMessageContaining("ends in a backslash");
    }

    @Test
    void whatIsJoinedIsSplitIntoTheSame() {
        List<String> words = List.of("a", "b c", "it's", "\"", "\\", "", "$x", "a'b\"c");
        assertThat(ShellWords.split(ShellWords.join(words))).isEqualTo(words);
    }
}
