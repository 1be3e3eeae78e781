package vmlan.tests.bench;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/// The results of all rounds, as a table: medians, and the medians of the ratios within a round.
final class Medians {
    private final List<Nat> nats;
    private final Map<Load, Map<Nat, List<Load.Result>>> results = new LinkedHashMap<>();

    Medians(List<Nat> nats) {
        this.nats = nats;
    }

    /// Of a round: each load once for each.
    void add(Load load, Nat nat, Load.Result result) {
        results.computeIfAbsent(load, key -> new EnumMap<>(Nat.class))
                .computeIfAbsent(nat, key -> new ArrayList<>())
                .add(result);
    }

    void print(PrintWriter out) {
        StringBuilder head = new StringBuilder("%-34s".formatted(""));
        nats.forEach(nat -> head.append("%20s".formatted(nat.title())));
        nats.stream()
                .skip(1)
                .forEach(nat -> head.append("%18s".formatted(nats.getFirst().title() + "/" + nat.title())));
        out.println(head);
        for (Load load : results.keySet()) {
            row(out, load, load.title(), Load.Result::value);
            boolean connections = load.kind() == Load.Kind.CONNECTIONS;
            row(out, load, connections ? "  CPU-s/1000" : "  CPU-s/Gbit", Load.Result::cost);
            if (load.kind() == Load.Kind.UP) {
                row(out, load, "  segments sent again", Load.Result::retransmits);
            }
        }
        out.flush();
    }

    private void row(PrintWriter out, Load load, String title, ToDoubleFunction<Load.Result> what) {
        StringBuilder line = new StringBuilder("%-34s".formatted(title));
        for (Nat nat : nats) {
            line.append("%20s".formatted(cell(values(load, nat, what))));
        }
        List<Double> first = values(load, nats.getFirst(), what);
        for (Nat nat : nats.subList(1, nats.size())) {
            List<Double> other = values(load, nat, what);
            List<Double> ratios = new ArrayList<>();
            for (int i = 0; i < Math.min(first.size(), other.size()); i++) {
                if (other.get(i) > 0) {
                    ratios.add(first.get(i) / other.get(i));
                }
            }
            line.append("%18s".formatted(ratios.isEmpty() ? "–" : decimal(median(ratios))));
        }
        out.println(line);
    }

    private List<Double> values(Load load, Nat nat, ToDoubleFunction<Load.Result> what) {
        return results.get(load).getOrDefault(nat, List.of()).stream()
                .mapToDouble(what)
                .boxed()
                .toList();
    }

    /// The median, the least and the most.
    private static String cell(List<Double> values) {
        if (values.isEmpty()) {
            return "–";
        }
        List<Double> sorted = values.stream().sorted().toList();
        return decimal(median(values)) + " (" + decimal(sorted.getFirst()) + "–" + decimal(sorted.getLast()) + ")";
    }

    private static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    private static String decimal(double value) {
        return String.format(
                Locale.ROOT, value >= 100 ? "%.0f" : value >= 10 ? "%.1f" : value >= 1 ? "%.2f" : "%.3f", value);
    }
}
