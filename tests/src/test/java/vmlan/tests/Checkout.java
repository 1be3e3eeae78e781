package vmlan.tests;

import java.nio.file.Files;
import java.nio.file.Path;

/// Where the sources are that the tests belong to.
public final class Checkout {
    private Checkout() {}

    /// The folder with `vmlan` in it, above the one where the tests run.
    public static Path folder() {
        Path folder = Path.of("").toAbsolutePath();
        while (!Files.exists(folder.resolve("vmlan")) || !Files.exists(folder.resolve("dev"))) {
            folder = folder.getParent();
            if (folder == null) {
                throw new AssertionError("the tests must run inside the checkout");
            }
        }
        return folder;
    }
}
