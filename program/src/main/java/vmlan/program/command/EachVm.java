package vmlan.program.command;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import vmlan.program.message.Failure;
import vmlan.program.vm.VmStore;

/// Does something with each of several VMs: all names are looked at first, so that a wrong one does
/// nothing; what then fails for one does not keep it from the others.
final class EachVm {
    private final Session session;
    private final boolean json;

    EachVm(Session session, boolean json) {
        this.session = session;
        this.json = json;
    }

    /// What is done to one of them.
    interface Action {
        /// @return what became of it, in a word
        String of(String name) throws Failure;
    }

    /// @return the exit code
    int inTurn(List<String> names, Action action) throws Failure {
        List<String> known = known(names);
        Map<String, Object> results = new LinkedHashMap<>();
        for (String name : known) {
            results.put(name, result(name, action));
        }
        return report(results);
    }

    /// As [#inTurn], for what waits for guests.
    int atOnce(List<String> names, Action action) throws Failure {
        List<String> known = known(names);
        Map<String, Future<Object>> asked = new LinkedHashMap<>();
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            for (String name : known) {
                asked.put(name, executor.submit(() -> result(name, action)));
            }
        }
        Map<String, Object> results = new LinkedHashMap<>();
        for (Map.Entry<String, Future<Object>> entry : asked.entrySet()) {
            try {
                results.put(entry.getKey(), entry.getValue().get());
            } catch (ExecutionException e) {
                throw new IllegalStateException(e.getCause());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw Failure.world("interrupted", "try again");
            }
        }
        return report(results);
    }

    private List<String> known(List<String> names) throws Failure {
        VmStore store = session.store();
        for (String name : names) {
            store.known(name);
        }
        return List.copyOf(new LinkedHashSet<>(names));
    }

    /// @return a word, or a failure
    private static Object result(String name, Action action) {
        try {
            return action.of(name);
        } catch (Failure e) {
            return e;
        }
    }

    private int report(Map<String, Object> results) throws Failure {
        session.progress().done();
        List<Map<String, Object>> rows = new ArrayList<>();
        List<Failure> failures = new ArrayList<>();
        results.forEach((name, result) -> {
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("name", name);
            row.put("result", result instanceof String word ? word : null);
            row.put("error", result instanceof Failure failure ? error(failure) : null);
            rows.add(row);
            if (result instanceof Failure failure) {
                failures.add(failure);
            }
        });
        if (json) {
            session.json(rows);
        }
        if (failures.isEmpty()) {
            return 0;
        }
        for (Failure failure : failures.subList(0, failures.size() - 1)) {
            if (!json) {
                Root.say(failure.what(), failure.remedy(), failure.exitCode(), session.err(), false);
            }
        }
        int code = failures.stream().mapToInt(Failure::exitCode).min().orElse(Failure.WORLD);
        Failure last = failures.getLast();
        throw json && failures.size() > 1
                ? Failure.world(
                                failures.size() + " of " + results.size() + " failed; the first: "
                                        + failures.getFirst().what(),
                                failures.getFirst().remedy())
                        .withExitCode(code)
                : last.withExitCode(code);
    }

    private static Map<String, Object> error(Failure failure) {
        Map<String, Object> error = new LinkedHashMap<>();
        error.put("what", failure.what());
        error.put("do", failure.remedy());
        return error;
    }
}
