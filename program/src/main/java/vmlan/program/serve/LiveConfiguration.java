package vmlan.program.serve;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import vmlan.program.config.NetworkBlock;
import vmlan.program.config.NetworksFile;
import vmlan.program.message.Problem;

/// What becomes of a change of networks.yaml while the network runs: what can change at once does; what cannot waits
/// for the next start, and is said; a file with mistakes changes nothing. On the loop's thread.
final class LiveConfiguration {
    private final NetworkProcess network;
    private final NetworksFile file;
    private final NetworkLog log;
    private List<Problem> problems = List.of();
    private List<Pending> pending = List.of();

    /// A setting that has another value in the file than the running network.
    private record Pending(String setting, String now, String configured) {}

    LiveConfiguration(NetworkProcess network, NetworksFile file, NetworkLog log) {
        this.network = network;
        this.file = file;
        this.log = log;
    }

    /// Takes over what the file says now.
    void apply(NetworksFile.Content content) {
        NetworkSettings before = network.settings();
        boolean isOurs = before.networkName().isBuiltIn() || before.isDefined();
        if (!content.problems().isEmpty() && (!isOurs || content.isUnclear(before.name()))) {
            if (!problems.equals(content.problems())) {
                log.accept(NetworksFile.NAME + " has mistakes, so what was set stays:");
                content.problems().forEach(problem -> log.accept(problem.text(NetworksFile.NAME)));
            }
            problems = content.problems();
            return;
        }
        if (!problems.isEmpty()) {
            log.accept(NetworksFile.NAME + " is in order again");
        }
        problems = List.of();
        NetworkBlock block = content.block(before.name()).orElse(before.isDefined() ? before.block() : null);
        if (block == null && !isOurs) {
            waits(List.of(new Pending("network", before.name(), null)));
            return;
        }
        NetworkSettings wanted = before.withBlock(block);
        NetworkSettings possible = before.withLive(block);
        if (!possible.equals(before)) {
            network.configure(possible);
            said(before, possible);
        }
        waits(differences(possible, wanted, block));
    }

    private void said(NetworkSettings before, NetworkSettings after) {
        Map<String, Object> old = SettingsReport.values(before);
        SettingsReport.values(after).forEach((setting, value) -> {
            if (!Objects.equals(value, old.get(setting))) {
                log.accept(NetworksFile.NAME + ": " + setting + " is now " + SettingsReport.text(value) + " (was "
                        + SettingsReport.text(old.get(setting)) + ")");
            }
        });
    }

    private void waits(List<Pending> now) {
        if (!now.equals(pending)) {
            pending = now;
            now.forEach(each -> log.accept(text(each) + "; " + remedy(each)));
        }
    }

    private static String text(Pending pending) {
        return pending.configured == null
                ? "the network " + pending.now + " is no longer in " + NetworksFile.NAME + ", and runs on as it was"
                : pending.setting + " " + pending.configured + " of " + NetworksFile.NAME
                        + " waits for the next start: " + pending.now + " is what runs";
    }

    private String remedy(Pending pending) {
        String name = network.settings().name();
        if (pending.configured == null) {
            return "write it there again, or stop its VMs and forget it: vmlan network rm " + name;
        }
        return "vmlan network stop " + name + ", then vmlan network start " + name
                + "; guests are told their new addresses when they renew their leases or start anew";
    }

    private static List<Pending> differences(NetworkSettings runs, NetworkSettings wanted, NetworkBlock block) {
        List<Pending> differences = new ArrayList<>();
        Map<String, Object> now = SettingsReport.atStart(runs);
        Map<String, Object> after = SettingsReport.atStart(wanted);
        after.forEach((setting, value) -> {
            if (!Objects.equals(value, now.get(setting))) {
                differences.add(
                        new Pending(setting, SettingsReport.text(now.get(setting)), SettingsReport.text(value)));
            }
        });
        now.forEach((setting, value) -> {
            if (setting.startsWith("dns.") && !after.containsKey(setting)) {
                differences.add(new Pending(setting, SettingsReport.text(value), "the usual"));
            }
        });
        return block == null ? List.of() : differences;
    }

    /// Adds to what `network show` prints.
    void describe(Map<String, Object> json) {
        Map<String, Object> configuration = new LinkedHashMap<>();
        NetworkBlock block = network.settings().block();
        configuration.put("file", file.path().toString());
        configuration.put("line", block == null || block.line() == 0 ? null : block.line());
        List<Map<String, Object>> wrong = new ArrayList<>();
        for (Problem problem : problems) {
            Map<String, Object> each = new LinkedHashMap<>();
            each.put("line", problem.line());
            each.put("column", problem.column());
            each.put("what", problem.what());
            each.put("do", problem.remedy());
            wrong.add(each);
        }
        configuration.put("problems", wrong);
        List<Map<String, Object>> waiting = new ArrayList<>();
        for (Pending each : pending) {
            Map<String, Object> said = new LinkedHashMap<>();
            said.put("setting", each.setting);
            said.put("now", each.now);
            said.put("configured", each.configured);
            said.put("what", text(each));
            said.put("do", remedy(each));
            waiting.add(said);
        }
        configuration.put("pending", waiting);
        json.put("configuration", configuration);
    }
}
