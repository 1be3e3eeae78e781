package vmlan.host.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/// Numbers of ours, and the expressions in C that a compiler must find to be the same.
public final class CompilerNumbers {
    private final Map<String, Long> ours = new LinkedHashMap<>();

    public CompilerNumbers() {}

    public void add(String expression, long value) {
        ours.put(expression, value);
    }

    /// Compiles a program that prints them, and compares.
    ///
    /// @param headers lines that include what the expressions need
    /// @param options of the compiler, with a space behind each
    public void expectAgreement(Path folder, String headers, String options) throws IOException, InterruptedException {
        StringBuilder program = new StringBuilder(headers).append("int main(void) {\n");
        ours.keySet()
                .forEach(expression -> program.append("  printf(\"%lld\\n\", (long long) (")
                        .append(expression)
                        .append("));\n"));
        Path source = folder.resolve("numbers.c");
        Path binary = folder.resolve("numbers");
        Files.writeString(source, program.append("}\n"));
        NetworkNamespace.command("gcc " + options + "-o " + binary + " " + source);
        long[] theirs = NetworkNamespace.command(binary.toString())
                .lines()
                .mapToLong(Long::parseLong)
                .toArray();
        assertThat(theirs).hasSameSizeAs(ours.keySet());
        Map<String, Long> answers = new LinkedHashMap<>();
        int at = 0;
        for (String expression : ours.keySet()) {
            answers.put(expression, theirs[at++]);
        }
        assertThat(ours).isEqualTo(answers);
    }
}
