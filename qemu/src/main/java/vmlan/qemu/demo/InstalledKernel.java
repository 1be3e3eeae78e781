package vmlan.qemu.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// A kernel that is installed on this machine, where the user may read it (Ubuntu's are for root only).
record InstalledKernel(String release, Path imageFile, Path modulesFolder) implements KernelSource {

    /// All that can be read with their modules, the newest first.
    static List<InstalledKernel> all(Path root) {
        Path modules = root.resolve("lib/modules");
        if (!Files.isDirectory(modules)) {
            return List.of();
        }
        try (Stream<Path> releases = Files.list(modules)) {
            return releases.filter(folder -> Files.isReadable(folder.resolve("modules.builtin")))
                    .flatMap(folder -> of(root, folder).stream())
                    .sorted((a, b) -> compareNumbers(b.release, a.release))
                    .toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    private static Optional<InstalledKernel> of(Path root, Path folder) {
        String release = folder.getFileName().toString();
        // Debian, Fedora; Fedora, Arch; Alpine names the file by the flavour alone
        return Stream.of(
                        root.resolve("boot/vmlinuz-" + release),
                        folder.resolve("vmlinuz"),
                        root.resolve("boot/vmlinuz-" + release.substring(release.lastIndexOf('-') + 1)))
                .filter(file -> Files.isRegularFile(file) && Files.isReadable(file))
                .findFirst()
                .map(image -> new InstalledKernel(release, image, folder));
    }

    /// 6.10 is after 6.9.
    private static int compareNumbers(String a, String b) {
        String[] left = a.split("[^0-9]+", -1);
        String[] right = b.split("[^0-9]+", -1);
        for (int i = 0; i < Math.min(left.length, right.length); i++) {
            int order = left[i].length() != right[i].length()
                    ? Integer.compare(left[i].length(), right[i].length())
                    : left[i].compareTo(right[i]);
            if (order != 0) {
                return order;
            }
        }
        return a.compareTo(b);
    }

    @Override
    public byte[] image() throws IOException {
        return Files.readAllBytes(imageFile);
    }

    @Override
    public Set<String> builtin() throws IOException {
        return KernelSource.builtin(Files.readString(modulesFolder.resolve("modules.builtin")));
    }

    @Override
    public Map<String, byte[]> modules(Set<String> names) throws IOException {
        Map<String, byte[]> found = new HashMap<>();
        Path kernel = modulesFolder.resolve("kernel");
        if (!Files.isDirectory(kernel)) {
            return found;
        }
        try (Stream<Path> files = Files.walk(kernel)) {
            for (Path file :
                    files.filter(path -> path.toString().contains(".ko")).toList()) {
                String name = KernelSource.moduleName(file.getFileName().toString());
                if (names.contains(name)) {
                    found.put(name, Compressed.unpack(Files.readAllBytes(file), MOST_BYTES));
                }
            }
        }
        return found;
    }
}
