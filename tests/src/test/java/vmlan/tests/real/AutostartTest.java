package vmlan.tests.real;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/// VMs that start with the user's session: a real user manager of systemd, in a mount namespace where
/// `/run` says that the machine was booted with systemd.
@EnabledOnOs(OS.LINUX)
class AutostartTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private static final String MANAGER = """
            mount -t tmpfs tmpfs /run && mkdir -p /run/systemd/system /run/user/0
            exec "$0" --user --log-target=console
            """;

    @Test
    void aVmStartsAndPowersDownWithTheSession() throws Exception {
        Path folder = Files.createTempDirectory("vmlan-session");
        Process manager = manager(folder);
        // its first process becomes the manager by exec, in the namespace that unshare made
        List<String> inside = List.of("nsenter", "-m", "-t", Long.toString(manager.pid()));
        try (Installation vmlan = Installation.create(Qemus.QEMU_10, inside)) {
            vmlan.with("XDG_RUNTIME_DIR", "/run/user/0")
                    .with("XDG_CONFIG_HOME", folder.resolve("con fig%").toString())
                    .with("VMLAN_RIGHTS", "no");
            awaitManager(vmlan, folder);
            vmlan.vmlan("run", "-d", "--name", "web").good();
            vmlan.awaitConsole("web", ":~#");
            long pid = vmlan.vm("web").number("pid");
            String said = vmlan.vmlan("autostart", "web").err();
            assertThat(said).contains("web starts when you log in").contains("loginctl enable-linger");
            assertThat(vmlan.vmlan("autostart").good()).isEqualTo("web");
            assertThat(vmlan.vm("web").number("pid"))
                    .as("nothing happened to it")
                    .isEqualTo(pid);

            String unit = said.replaceAll("(?s).*(vmlan-web\\.[0-9a-f]{8}\\.service).*", "$1");
            // as at the end of the session
            systemctl(vmlan, "stop", unit).good();
            assertThat(vmlan.vm("web").text("state")).isEqualTo("stopped");
            assertThat(systemctl(vmlan, "is-enabled", unit).good()).isEqualTo("enabled");
            // as at a login; the guest is the demo guest, by the environment that was kept
            systemctl(vmlan, "start", unit).good();
            assertThat(vmlan.vm("web").text("state")).isEqualTo("running");
            vmlan.awaitConsole("web", ":~#");
            long network = vmlan.networkPid("shared");
            systemctl(vmlan, "stop", unit).good();
            assertThat(vmlan.vm("web").text("state")).isEqualTo("stopped");
            assertThat(vmlan.networkPid("shared")).as("it may serve other VMs").isEqualTo(network);

            vmlan.vmlan("autostart", "--off", "web").good();
            assertThat(systemctl(vmlan, "is-enabled", unit).exitCode()).isNotZero();
            vmlan.vmlan("autostart", "web").good();
            vmlan.vmlan("rm", "web").good();
            try (var left = Files.walk(folder)) {
                assertThat(left.filter(file -> file.toString().contains("vmlan-web")))
                        .isEmpty();
            }
        } finally {
            manager.destroy();
            if (!manager.waitFor(20, TimeUnit.SECONDS)) {
                manager.destroyForcibly().waitFor();
            }
            try (var files = Files.walk(folder)) {
                for (Path file :
                        files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    @Test
    void withoutAManagerTheCureIsSaid() throws Exception {
        Path runtime = Files.createTempDirectory("vmlan-none");
        try (Installation vmlan = Installation.create(Qemus.QEMU_10)) {
            vmlan.with("XDG_RUNTIME_DIR", runtime.toString()).with("DBUS_SESSION_BUS_ADDRESS", "");
            vmlan.vmlan("run", "-d", "--name", "web", "--", "-S").good();
            assertThat(vmlan.vmlan("autostart", "web").bad(1))
                    .contains("no user manager of systemd")
                    .contains("@reboot env VMLAN_HOME=" + vmlan.home())
                    .contains("vmlan start web");
            assertThat(vmlan.vmlan("autostart").err()).contains("no VM starts by itself");
        } finally {
            Files.delete(runtime);
        }
    }

    private static Process manager(Path folder) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(
                        "unshare", "-m", "--propagation", "private", "sh", "-c", MANAGER, "/usr/lib/systemd/systemd")
                .redirectInput(new File("/dev/null"))
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile());
        builder.environment().put("XDG_RUNTIME_DIR", "/run/user/0");
        builder.environment().put("XDG_CONFIG_HOME", folder.resolve("con fig%").toString());
        return builder.start();
    }

    private static void awaitManager(Installation vmlan, Path folder) {
        Await.until(
                "systemd's user manager",
                LIMIT,
                () -> systemctl(vmlan, "show-environment").exitCode() == 0 ? Optional.of(true) : Optional.empty(),
                () -> Files.readString(folder.resolve("log")));
    }

    private static Installation.Result systemctl(Installation vmlan, String... words) throws Exception {
        List<String> command = new java.util.ArrayList<>(List.of("systemctl", "--user"));
        command.addAll(List.of(words));
        return vmlan.launch(Installation.Redirect.NOTHING, command).await();
    }
}
