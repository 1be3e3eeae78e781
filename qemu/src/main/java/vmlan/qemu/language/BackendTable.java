package vmlan.qemu.language;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Reads `backends.txt`.
final class BackendTable {
    static final String ADDRESS = "address ";

    private BackendTable() {}

    static List<Backend> read() {
        try (InputStream file = BackendTable.class.getResourceAsStream("backends.txt");
                BufferedReader lines = new BufferedReader(new InputStreamReader(file, StandardCharsets.UTF_8))) {
            return read(lines.lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Backend> read(List<String> lines) {
        List<Backend> backends = new ArrayList<>();
        for (String line : lines) {
            String[] columns = line.strip().split(" *\\| *", -1);
            if (!line.startsWith(" ")) {
                backends.add(new Backend(columns[0], version(columns[1]), columns[2], List.of()));
                continue;
            }
            Backend last = backends.removeLast();
            List<BackendOption> options = new ArrayList<>(last.options());
            options.add(option(columns));
            backends.add(new Backend(last.type(), last.since(), last.meaning(), options));
        }
        return backends;
    }

    private static BackendOption option(String[] columns) {
        String[] versions = columns[3].split("\\.\\.");
        boolean mandatory = columns[0].endsWith("!");
        BackendOption.Type type = type(columns[1]);
        return new BackendOption(
                mandatory ? columns[0].substring(0, columns[0].length() - 1) : columns[0],
                type,
                type == BackendOption.Type.WORD ? Arrays.asList(columns[1].split(",")) : List.of(),
                columns[2].equals("-") ? "" : columns[2],
                version(versions[0]),
                versions.length > 1 ? version(versions[1]) : null,
                mandatory,
                columns[4]);
    }

    private static BackendOption.Type type(String name) {
        return switch (name) {
            case "str" -> BackendOption.Type.TEXT;
            case "bool" -> BackendOption.Type.BOOL;
            case "int" -> BackendOption.Type.INT;
            case "int32" -> BackendOption.Type.INT32;
            case "uint16" -> BackendOption.Type.UINT16;
            case "uint32" -> BackendOption.Type.UINT32;
            case "uint64" -> BackendOption.Type.UINT64;
            case "size" -> BackendOption.Type.SIZE;
            case "list" -> BackendOption.Type.LIST;
            case "address" -> BackendOption.Type.ADDRESS;
            default -> BackendOption.Type.WORD;
        };
    }

    private static QemuVersion version(String text) {
        String[] numbers = text.split("\\.");
        return new QemuVersion(Integer.parseInt(numbers[0]), Integer.parseInt(numbers[1]), 0);
    }
}
