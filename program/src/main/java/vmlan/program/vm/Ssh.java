package vmlan.program.vm;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import vmlan.program.message.Failure;
import vmlan.program.message.ShellWords;
import vmlan.program.serve.NetworkSettings;

/// The system's ssh on the way to a VM.
public final class Ssh {
    private Ssh() {}

    /// The name by which ssh knows the VM: nobody else's, and the same on every network.
    public static String host(String vm) {
        return vm + "." + NetworkSettings.DOMAIN;
    }

    /// The command up to its options; user, host and the rest come behind.
    ///
    /// @param launcher `vmlan` by its whole path
    /// @param folder of the VM, where its key is remembered
    public static List<String> command(String launcher, Path folder, String vm) {
        List<String> command = new ArrayList<>(List.of("ssh"));
        options(List.of(launcher), folder, vm, "22").forEach((option, value) -> {
            command.add("-o");
            command.add(option + "=" + value);
        });
        return command;
    }

    /// What leads ssh to the VM, as ssh_config(5) has it.
    ///
    /// @param launcher the words of a command that are `vmlan`
    /// @param port a number or a token of ssh_config
    static Map<String, String> options(List<String> launcher, Path folder, String vm, String port) {
        List<String> connect = new ArrayList<>(launcher);
        connect.addAll(List.of("connect", vm + ":"));
        Map<String, String> options = new LinkedHashMap<>();
        options.put("ProxyCommand", escaped(ShellWords.join(connect)) + port);
        options.put("HostKeyAlias", host(vm));
        options.put("UserKnownHostsFile", quoted(folder.resolve("known_hosts").toString()));
        // The way there leads to this VM and nobody else, so its first key is its own.
        options.put("StrictHostKeyChecking", "accept-new");
        // Its address is another's after a while, and there is none on this way.
        options.put("CheckHostIP", "no");
        return options;
    }

    /// ssh_config(5), TOKENS: a percent sign is written twice.
    static String escaped(String text) {
        return text.replace("%", "%%");
    }

    /// ssh_config(5): arguments with spaces stand in double quotes.
    static String quoted(String path) {
        return "\"" + escaped(path).replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
    }

    /// Runs it on this terminal.
    ///
    /// @return its exit code
    public static int run(List<String> command) throws Failure {
        Process process;
        try {
            ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
            // For `vmlan connect`: the build was looked at by this command.
            builder.environment().put("VMLAN_NO_BUILD", "1");
            process = builder.start();
        } catch (IOException e) {
            throw Failure.world(
                    "ssh cannot be started: it is not installed, or not in PATH",
                    "install it, on Debian and Ubuntu by: apt-get install openssh-client",
                    e);
        }
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroy, "end ssh"));
        try {
            return process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            process.destroy();
            throw Failure.world("interrupted", "try again");
        }
    }
}
