package vmlan.program.doctor;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import vmlan.program.files.Places;
import vmlan.program.message.Failure;
import vmlan.qemu.QemuException;

/// Runs the checks, all at once, and collects what they found in their order.
///
/// Each has a platform thread of its own: a read of a file system that hangs pins its thread, and that must not be
/// one that others need. Threads are daemons, so one that never comes back keeps nobody.
public final class Doctor {
    private Doctor() {}

    /// Looks at this host.
    ///
    /// @param version of vmlan
    public static List<Finding> examine(RealHost host, String version) {
        return run(checks(host, version));
    }

    static List<Check> checks(Host host, String version) {
        List<Check> checks = new ArrayList<>();
        checks.addAll(new ProgramChecks(host, version).all());
        checks.addAll(new QemuChecks(host).all());
        if (host.isMac()) {
            checks.addAll(new MacChecks(host).all());
            checks.addAll(new VmnetChecks(host).all());
            checks.addAll(new MacFirewallChecks(host).all());
        } else {
            checks.addAll(new LinuxChecks(host).all());
        }
        checks.addAll(new OutsideChecks(host).all());
        checks.addAll(new LimitChecks(host).all());
        try {
            Places places = host.places();
            checks.addAll(new FolderChecks(host, places).all());
            checks.addAll(new NetworkChecks(host, places).all());
            checks.addAll(new LeftoverChecks(host, places).all());
            checks.addAll(new ConfigurationCheck(host, places).all());
        } catch (Failure e) {
            // Said once; without folders nothing is kept that could be wrong.
            checks.add(new Check("folders", FolderChecks.WHY, () -> {
                throw e;
            }));
        }
        return checks;
    }

    static List<Finding> run(List<Check> checks) {
        List<FutureTask<List<Finding>>> tasks = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        for (Check check : checks) {
            FutureTask<List<Finding>> task = new FutureTask<>(check.look()::look);
            tasks.add(task);
            threads.add(
                    Thread.ofPlatform().daemon().name("check " + check.name()).start(task));
        }
        long start = System.nanoTime();
        List<Finding> findings = new ArrayList<>();
        for (int i = 0; i < checks.size(); i++) {
            findings.addAll(await(checks.get(i), tasks.get(i), threads.get(i), start));
        }
        return findings;
    }

    private static List<Finding> await(Check check, FutureTask<List<Finding>> task, Thread thread, long start) {
        try {
            long left = start + check.limit().toNanos() - System.nanoTime();
            return task.get(Math.max(0, left), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            // A program that it waits for is killed by this.
            thread.interrupt();
            return List.of(Finding.warning(
                    check.name(),
                    "no answer within " + check.limit().toSeconds() + " s",
                    check.why(),
                    "see whether the machine is busy, or a file system or a program hangs; then look again"));
        } catch (ExecutionException e) {
            return List.of(failed(check, e.getCause()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return List.of(Finding.warning(check.name(), "interrupted", check.why(), "look again: vmlan doctor"));
        }
    }

    private static Finding failed(Check check, Throwable cause) {
        return switch (cause) {
            case Failure failure -> Finding.problem(check.name(), failure.what(), check.why(), failure.remedy());
            case QemuException failure -> Finding.problem(check.name(), failure.what(), check.why(), failure.remedy());
            case IOException failure ->
                Finding.warning(
                        check.name(),
                        "could not be looked at: " + Places.reason(failure),
                        check.why(),
                        "check the permissions of what is named");
            default ->
                Finding.warning(
                        check.name(), "could not be looked at: " + cause, check.why(), "report it, with this line");
        };
    }
}
