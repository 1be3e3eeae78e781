package vmlan.program.autostart;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import vmlan.program.files.Places;
import vmlan.program.message.Failure;
import vmlan.program.message.ShellWords;
import vmlan.qemu.tool.Programs;
import vmlan.qemu.tool.Tool;

/// Units of systemd's user manager, one for each VM.
final class SystemdUser implements Autostart {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    /// The unit's own start finds the VM running.
    private static final Duration START_LIMIT = Duration.ofSeconds(60);

    private final Path folder;
    private final String launcher;
    private final Map<String, String> environment;

    SystemdUser(Path folder, String launcher, Map<String, String> environment) {
        this.folder = folder;
        this.launcher = launcher;
        this.environment = environment;
    }

    /// Where a user's own units are (systemd.unit(5)).
    static Path folder(Map<String, String> environment) throws Failure {
        String config = environment.get("XDG_CONFIG_HOME");
        if (config != null && config.startsWith("/")) {
            return Path.of(config, "systemd/user");
        }
        String home = environment.get("HOME");
        if (home == null) {
            throw Failure.usage("there is no home folder: $HOME is not set", "set HOME");
        }
        return Path.of(home, ".config/systemd/user");
    }

    @Override
    public List<String> enable(String vm, boolean running) throws Failure {
        Path systemctl = Programs.find("systemctl").orElseThrow(() -> missing(vm, "systemctl is not installed"));
        Tool reachable = run(systemctl, LIMIT, "show-environment");
        if (!reachable.succeeded()) {
            throw missing(vm, reachable.lastLine());
        }
        String unit = unit(vm);
        Path file = folder.resolve(unit);
        try {
            Files.createDirectories(folder);
            Files.writeString(file, SystemdUnit.text(vm, launcher, environment));
        } catch (IOException e) {
            throw Failure.world("cannot write " + file + ": " + Places.reason(e), "make it writable", e);
        }
        checked(run(systemctl, LIMIT, "daemon-reload"), vm);
        checked(run(systemctl, LIMIT, "enable", unit), vm);
        List<String> notes = new ArrayList<>();
        if (running) {
            // Its start has nothing to do; its stop, at the end of the session, has.
            Tool started = run(systemctl, START_LIMIT, "start", unit);
            if (!started.succeeded()) {
                notes.add("it will not power down with the session this time: " + started.lastLine());
            }
        }
        notes.add(vm + " starts when you log in, and powers down when your last session ends: " + unit);
        if (!lingers()) {
            notes.add("to have it start with the machine and stay: loginctl enable-linger");
        }
        return notes;
    }

    @Override
    public void disable(String vm) throws Failure {
        String unit = unit(vm);
        Path file = folder.resolve(unit);
        Optional<Path> systemctl = Programs.find("systemctl");
        if (systemctl.isPresent() && Files.exists(file)) {
            // Fails where there is no manager; then there is only the file and its link.
            run(systemctl.get(), LIMIT, "disable", unit);
        }
        try {
            Files.deleteIfExists(folder.resolve("default.target.wants").resolve(unit));
            if (Files.deleteIfExists(file) && systemctl.isPresent()) {
                run(systemctl.get(), LIMIT, "daemon-reload");
            }
        } catch (IOException e) {
            throw Failure.world("cannot remove " + file + ": " + Places.reason(e), "remove it by hand", e);
        }
    }

    private String unit(String vm) {
        return SystemdUnit.name(vm, environment.get("VMLAN_HOME"));
    }

    private static boolean lingers() {
        return Files.exists(Path.of("/var/lib/systemd/linger", System.getProperty("user.name")));
    }

    private static Tool run(Path systemctl, Duration limit, String... words) throws Failure {
        List<String> command = new ArrayList<>(List.of(systemctl.toString(), "--user"));
        command.addAll(List.of(words));
        try {
            return Tool.run(limit, command);
        } catch (IOException e) {
            throw Failure.world(
                    "systemctl cannot be run: " + e.getMessage(), "see what systemctl --user status says", e);
        }
    }

    private void checked(Tool run, String vm) throws Failure {
        if (!run.succeeded()) {
            throw Failure.world(
                    "systemd does not take the unit of " + vm + ": " + run.lastLine(),
                    "see: systemctl --user status " + unit(vm));
        }
    }

    /// Cron is there where systemd's user manager is not.
    private Failure missing(String vm, String words) {
        List<String> line = new ArrayList<>(List.of("env"));
        environment.forEach((name, value) -> line.add(name + "=" + value));
        line.addAll(List.of(launcher, "start", vm));
        // % ends a crontab's command (crontab(5))
        String crontab = ShellWords.join(line).replace("%", "\\%");
        return Failure.world(
                "no user manager of systemd runs for this user: " + words,
                "log in without su or sudo, or put this line into crontab -e: @reboot " + crontab);
    }
}
