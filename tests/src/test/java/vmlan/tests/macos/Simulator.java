package vmlan.tests.macos;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import vmlan.tests.Checkout;

/// The simulator of vmnet (host/src/test/c/vmnet), as a library that `$VMLAN_VMNET_LIBRARY` can name.
final class Simulator {
    /// sim.h, enum sim_fault, by number: what `$VMNET_SIMULATOR_FAULTS` takes.
    static final int START_STATUS = 0;

    static final int STOP_STATUS = 13;

    private static Path built;

    private Simulator() {}

    /// Compiles it as it stands, once for this process.
    static synchronized Path library() throws IOException, InterruptedException {
        if (built != null) {
            return built;
        }
        Path folder = Files.createDirectories(Path.of("target/vmnet-simulator"));
        Path library = folder.resolve("libvmnet-" + ProcessHandle.current().pid() + ".so")
                .toAbsolutePath();
        List<String> command = new ArrayList<>(
                List.of("gcc", "-std=gnu11", "-O1", "-g", "-Wall", "-Wextra", "-Werror", "-fPIC", "-shared"));
        command.addAll(List.of("-pthread", "-fvisibility=hidden", "-Wl,-Bsymbolic", "-Wl,-z,defs"));
        command.addAll(List.of("-DMACOS=2600", "-o", library.toString()));
        try (Stream<Path> sources = Files.list(Checkout.folder().resolve("host/src/test/c/vmnet"))) {
            sources.map(Path::toString)
                    .filter(name -> name.endsWith(".c"))
                    .sorted()
                    .forEach(command::add);
        }
        Process compiler = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(compiler.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (compiler.waitFor() != 0) {
            throw new AssertionError(said);
        }
        library.toFile().deleteOnExit();
        built = library;
        return built;
    }
}
