package vmlan.qemu;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import vmlan.qemu.language.Dialect;
import vmlan.qemu.language.JsonSyntax;
import vmlan.qemu.language.OptsSyntax;
import vmlan.qemu.language.QemuLine;
import vmlan.qemu.language.Settings;
import vmlan.qemu.tool.Tool;

/// Asks an installed QEMU how it speaks of networks. A machine has to be made for that, which stands still and has
/// nothing but a NIC on a hub of its own: 60 to 100 ms (7.2.22, 10.0.13 on 2 cores), twice at once, and then
/// remembered.
public final class Dialects {
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(30);
    private static final List<String> STILL = List.of("-S", "-display", "none", "-nodefaults", "-monitor", "stdio");

    private Dialects() {}

    /// With what is known of the NICs that the line names.
    ///
    /// @param machine as in [#of]
    public static Dialect ofLine(Qemu qemu, QemuLine line, String machine, Path cacheFolder) {
        Dialect dialect = of(qemu, machine, cacheFolder);
        // -set may give any device a netdev
        boolean changes = line.arguments().stream().anyMatch(argument -> argument.is("set"));
        Set<String> drivers = line.arguments().stream()
                .filter(argument -> argument.is("device") && argument.value() != null)
                .map(argument -> driver(argument.value(), changes, dialect))
                .flatMap(Optional::stream)
                .collect(Collectors.toCollection(TreeSet::new));
        if (drivers.isEmpty()) {
            return dialect;
        }
        QemuAnswers answers = new QemuAnswers(cacheFolder);
        Map<String, Set<String>> known = answers.properties(qemu);
        if (!known.keySet().containsAll(drivers)) {
            drivers.removeAll(known.keySet());
            Map<String, Set<String>> asked = properties(qemu, drivers);
            answers.remember(qemu, asked);
            known.putAll(asked);
        }
        return dialect.knowing(known);
    }

    /// The name of its type, of a NIC.
    ///
    /// @param any whether it may be no NIC
    private static Optional<String> driver(String device, boolean any, Dialect dialect) {
        Settings settings =
                JsonSyntax.isJson(device) ? JsonSyntax.parse(device).settings() : OptsSyntax.parse(device, "driver");
        return settings.value("driver")
                .flatMap(dialect::driver)
                .filter(driver -> any || driver.network() || settings.has("netdev"))
                .map(Dialect.Driver::name);
    }

    private static Map<String, Set<String>> properties(Qemu qemu, Set<String> drivers) {
        String commands = drivers.stream()
                .map(driver -> "device_add " + driver + ",help\n")
                .collect(Collectors.joining());
        List<String> command = new ArrayList<>(List.of(qemu.binary().toString(), "-machine", "none"));
        command.addAll(STILL);
        return DriverHelp.parse(run(command, commands + "quit\n").output());
    }

    /// What cannot be asked stays unknown: QEMU itself will say then what is wrong.
    ///
    /// @param machine its type as `-machine` names it; null: the default one
    /// @param cacheFolder of this user
    public static Dialect of(Qemu qemu, String machine, Path cacheFolder) {
        QemuAnswers answers = new QemuAnswers(cacheFolder);
        String key = machine == null ? "" : machine;
        Optional<MachineAnswer> answer = answers.recall(qemu, key);
        if (answer.isEmpty()) {
            answer = ask(qemu, machine);
            answer.ifPresent(asked -> answers.remember(qemu, key, asked));
        }
        String program = qemu.binary().getFileName().toString();
        return answer.map(known -> new Dialect(
                        program,
                        qemu.version(),
                        qemu.architecture(),
                        qemu.netdevTypes(),
                        known.nicModels(),
                        known.defaultNicModel(),
                        key,
                        known.drivers()))
                .orElseGet(() ->
                        new Dialect(program, qemu.version(), qemu.architecture(), qemu.netdevTypes(), List.of(), null));
    }

    private static Optional<MachineAnswer> ask(Qemu qemu, String machine) {
        CompletableFuture<Tool> models =
                CompletableFuture.supplyAsync(() -> run(qemu, machine, "hubport,hubid=1,model=help", "quit\n"));
        Tool monitor = run(qemu, machine, "hubport,hubid=1", "info network\ndevice_add help\nquit\n");
        Tool listed = models.join();
        if (!monitor.succeeded() || !listed.succeeded()) {
            return Optional.empty();
        }
        return Optional.of(MachineAnswer.parse(listed.output(), monitor.output()));
    }

    private static Tool run(Qemu qemu, String machine, String nic, String input) {
        List<String> command = new ArrayList<>(List.of(qemu.binary().toString()));
        if (machine != null) {
            command.addAll(List.of("-machine", machine));
        }
        command.addAll(STILL);
        command.addAll(List.of("-nic", nic));
        return run(command, input);
    }

    private static Tool run(List<String> command, String input) {
        try {
            return Tool.run(ANSWER_LIMIT, null, input, command);
        } catch (IOException e) {
            return new Tool(-1, false, "", String.valueOf(e.getMessage()));
        }
    }
}
