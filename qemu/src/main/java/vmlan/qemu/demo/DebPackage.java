package vmlan.qemu.demo;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.commons.compress.archivers.ar.ArArchiveEntry;
import org.apache.commons.compress.archivers.ar.ArArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/// Reads the files in a .deb: an ar archive, and in it data.tar, compressed (deb(5)).
record DebPackage(Path file) {

    /// Takes a file of the package.
    @FunctionalInterface
    interface Visitor {
        /// One file; `name` is without a leading `./`, `content` is read or left, and not closed.
        void visit(String name, InputStream content) throws IOException;
    }

    /// Shows every regular file to `visitor`, in the package's order.
    void forEach(Visitor visitor) throws IOException {
        try (InputStream in = Files.newInputStream(file);
                var archive = new ArArchiveInputStream(in)) {
            for (ArArchiveEntry entry = archive.getNextEntry(); entry != null; entry = archive.getNextEntry()) {
                if (entry.getName().startsWith("data.tar")) {
                    forEachIn(archive, visitor);
                    return;
                }
            }
        } catch (RuntimeException e) {
            // what the readers of ar, tar and zstd throw at bytes that they did not foresee
            throw new IOException(file.getFileName() + " is damaged: " + e.getMessage(), e);
        }
        throw new IOException(file.getFileName() + " has no data");
    }

    private static void forEachIn(InputStream data, Visitor visitor) throws IOException {
        var tar = new TarArchiveInputStream(Compressed.open(data));
        for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
            if (entry.isFile()) {
                String name = entry.getName();
                visitor.visit(name.startsWith("./") ? name.substring(2) : name, tar);
            }
        }
    }
}
