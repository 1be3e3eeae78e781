package vmlan.tests.messages;

import com.sun.source.tree.BinaryTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.ConditionalExpressionTree;
import com.sun.source.tree.ExpressionTree;
import com.sun.source.tree.IdentifierTree;
import com.sun.source.tree.LiteralTree;
import com.sun.source.tree.MethodInvocationTree;
import com.sun.source.tree.NewClassTree;
import com.sun.source.tree.ParenthesizedTree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreeScanner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import javax.lang.model.element.Modifier;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import vmlan.program.message.Failure;

/// The messages as the sources have them: every `Failure` and `QemuException` that is made, read by the compiler's own
/// parser.
final class MessageSources {
    /// More cases than that in one message, and a row a case would help nobody.
    private static final int MOST_CONDITIONS = 4;

    private final SortedMap<Message, String> places = new TreeMap<>();

    /// Reads all sources of the modules that are shipped.
    static MessageSources of(Path checkout) throws IOException {
        List<Path> files = new ArrayList<>();
        for (String module : List.of("qemu", "program")) {
            try (Stream<Path> all = Files.walk(checkout.resolve(module).resolve("src/main/java"))) {
                all.filter(file -> file.toString().endsWith(".java")).forEach(files::add);
            }
        }
        MessageSources sources = new MessageSources();
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, null)) {
            JavacTask task = (JavacTask)
                    compiler.getTask(null, manager, null, List.of(), null, manager.getJavaFileObjectsFromPaths(files));
            for (CompilationUnitTree unit : task.parse()) {
                sources.new Reader(checkout.relativize(
                                Path.of(unit.getSourceFile().toUri())))
                        .read(unit);
            }
        }
        return sources;
    }

    /// Each with a file that has it.
    SortedMap<Message, String> places() {
        return places;
    }

    private final class Reader extends TreeScanner<Void, Void> {
        private final Path file;
        /// Constants of the file, which messages are made of.
        private final Map<String, ExpressionTree> constants = new HashMap<>();

        Reader(Path file) {
            this.file = file;
        }

        void read(CompilationUnitTree unit) {
            new TreeScanner<Void, Void>() {
                @Override
                public Void visitVariable(VariableTree variable, Void nothing) {
                    if (variable.getModifiers().getFlags().containsAll(Set.of(Modifier.STATIC, Modifier.FINAL))
                            && variable.getInitializer() != null) {
                        constants.put(variable.getName().toString(), variable.getInitializer());
                    }
                    return super.visitVariable(variable, null);
                }
            }.scan(unit, null);
            scan(unit, null);
        }

        @Override
        public Void visitMethodInvocation(MethodInvocationTree call, Void nothing) {
            switch (call.getMethodSelect().toString()) {
                case "Failure.usage", "QemuException.configuration" -> add(call.getArguments(), Failure.USAGE);
                case "Failure.world" -> add(call.getArguments(), Failure.WORLD);
                default -> {}
            }
            return super.visitMethodInvocation(call, null);
        }

        @Override
        public Void visitNewClass(NewClassTree made, Void nothing) {
            if (Set.of("QemuException", "QemuStaysException")
                    .contains(made.getIdentifier().toString())) {
                add(made.getArguments(), Failure.WORLD);
            }
            return super.visitNewClass(made, null);
        }

        private void add(List<? extends ExpressionTree> arguments, int exitCode) {
            if (arguments.size() < 2) {
                return;
            }
            Set<String> conditions = new LinkedHashSet<>();
            arguments.subList(0, 2).forEach(argument -> collect(argument, conditions));
            if (conditions.size() > MOST_CONDITIONS) {
                throw new AssertionError(file + ": a message of more than " + MOST_CONDITIONS + " conditions");
            }
            // What and what to do are worded by the same case.
            for (int bits = 0; bits < 1 << conditions.size(); bits++) {
                Set<String> holding = new HashSet<>();
                int bit = 0;
                for (String condition : conditions) {
                    if ((bits >> bit++ & 1) != 0) {
                        holding.add(condition);
                    }
                }
                Message message = new Message(
                        merged(text(arguments.get(0), holding)), merged(text(arguments.get(1), holding)), exitCode);
                if (!message.isAnything()) {
                    places.putIfAbsent(message, file.toString());
                }
            }
        }

        private void collect(ExpressionTree expression, Set<String> conditions) {
            switch (expression) {
                case ParenthesizedTree parenthesized -> collect(parenthesized.getExpression(), conditions);
                case ConditionalExpressionTree choice -> {
                    conditions.add(plain(choice.getCondition()));
                    collect(choice.getTrueExpression(), conditions);
                    collect(choice.getFalseExpression(), conditions);
                }
                case BinaryTree sum -> {
                    collect(sum.getLeftOperand(), conditions);
                    collect(sum.getRightOperand(), conditions);
                }
                default -> {}
            }
        }

        /// What an expression says where these conditions hold.
        private String text(ExpressionTree expression, Set<String> holding) {
            return switch (expression) {
                case ParenthesizedTree parenthesized -> text(parenthesized.getExpression(), holding);
                case LiteralTree literal when literal.getValue() instanceof String text -> text;
                case ConditionalExpressionTree choice ->
                    text(
                            holding.contains(plain(choice.getCondition()))
                                    ? choice.getTrueExpression()
                                    : choice.getFalseExpression(),
                            holding);
                case BinaryTree sum -> text(sum.getLeftOperand(), holding) + text(sum.getRightOperand(), holding);
                case IdentifierTree name
                when constants.containsKey(name.getName().toString()) ->
                    text(constants.get(name.getName().toString()), holding);
                default -> Message.ANYTHING;
            };
        }

        private static String plain(ExpressionTree condition) {
            return condition instanceof ParenthesizedTree parenthesized
                    ? plain(parenthesized.getExpression())
                    : condition.toString();
        }

        private static String merged(String text) {
            return text.replaceAll("(" + Message.ANYTHING + ")+", Message.ANYTHING)
                    .strip();
        }
    }

    /// All of them, for who writes the table.
    Set<Message> messages() {
        return new TreeSet<>(places.keySet());
    }
}
