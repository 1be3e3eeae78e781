package vmlan.program.autostart;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import vmlan.program.files.Places;
import vmlan.program.message.Failure;

/// Agents of launchd, one for each VM. Read launchd.plist(5) first.
///
/// The file alone is enough: launchd reads the folder at the next login. It is not loaded now, which would
/// start the VM (`RunAtLoad`). `AbandonProcessGroup` keeps launchd from killing QEMU when `vmlan start` has
/// returned.
final class LaunchAgent implements Autostart {
    private final Path folder;
    private final String launcher;
    private final Map<String, String> environment;
    private final Places places;

    LaunchAgent(Path folder, String launcher, Map<String, String> environment, Places places) {
        this.folder = folder;
        this.launcher = launcher;
        this.environment = environment;
        this.places = places;
    }

    static Path folder(Map<String, String> environment) throws Failure {
        String home = environment.get("HOME");
        if (home == null) {
            throw Failure.usage("there is no home folder: $HOME is not set", "set HOME");
        }
        return Path.of(home, "Library/LaunchAgents");
    }

    @Override
    public List<String> enable(String vm, boolean running) throws Failure {
        Path file = folder.resolve(label(vm) + ".plist");
        Path log = places.stateIfAny("vms", vm, "autostart.log");
        try {
            Files.createDirectories(folder);
            Files.writeString(file, text(label(vm), vm, launcher, environment, log));
        } catch (IOException e) {
            throw Failure.world("cannot write " + file + ": " + Places.reason(e), "make it writable", e);
        }
        return List.of(vm + " starts when you log in: " + file);
    }

    @Override
    public void disable(String vm) throws Failure {
        Path file = folder.resolve(label(vm) + ".plist");
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw Failure.world("cannot remove " + file + ": " + Places.reason(e), "remove it by hand", e);
        }
    }

    private String label(String vm) {
        String unit = SystemdUnit.name(vm, environment.get("VMLAN_HOME"));
        return unit.substring(0, unit.length() - ".service".length());
    }

    static String text(String label, String vm, String launcher, Map<String, String> environment, Path log) {
        Map<String, Object> agent = new LinkedHashMap<>();
        agent.put("Label", label);
        agent.put("ProgramArguments", List.of(launcher, "start", vm));
        agent.put("EnvironmentVariables", environment);
        agent.put("RunAtLoad", true);
        agent.put("AbandonProcessGroup", true);
        agent.put("StandardErrorPath", log.toString());
        return PropertyList.of(agent);
    }
}
