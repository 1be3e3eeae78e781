package vmlan.program.autostart;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import vmlan.program.files.Places;
import vmlan.program.message.Failure;
import vmlan.program.serve.Networks;

/// Has a VM start when the user's session does: on Linux by systemd's user manager, on macOS by launchd.
public interface Autostart {
    /// What a start needs of today's environment; the rest comes from the session that starts it.
    List<String> VARIABLES = List.of(
            "VMLAN_HOME",
            "VMLAN_QEMU",
            "VMLAN_RIGHTS",
            "XDG_CONFIG_HOME",
            "XDG_STATE_HOME",
            "XDG_CACHE_HOME",
            "TMPDIR",
            "JAVA_HOME",
            "PATH");

    /// @param running whether the VM runs now, so that it powers down with the session from now on
    /// @return lines for the user: what else to know or to do
    List<String> enable(String vm, boolean running) throws Failure;

    /// Undoes it; nothing happens where it was not done.
    void disable(String vm) throws Failure;

    static Autostart ofThisUser(Places places) throws Failure {
        Map<String, String> environment = new LinkedHashMap<>();
        for (String variable : VARIABLES) {
            String value = System.getenv(variable);
            if (value != null) {
                environment.put(variable, value);
            }
        }
        String launcher = Networks.launcher();
        return System.getProperty("os.name").startsWith("Mac")
                ? new LaunchAgent(LaunchAgent.folder(System.getenv()), launcher, environment, places)
                : new SystemdUser(SystemdUser.folder(System.getenv()), launcher, environment);
    }
}
