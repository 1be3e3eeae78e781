package vmlan.qemu.seed;

import com.github.stephenc.javaisotools.iso9660.ConfigException;
import com.github.stephenc.javaisotools.iso9660.ISO9660File;
import com.github.stephenc.javaisotools.iso9660.ISO9660RootDirectory;
import com.github.stephenc.javaisotools.iso9660.impl.CreateISO;
import com.github.stephenc.javaisotools.iso9660.impl.ISO9660Config;
import com.github.stephenc.javaisotools.iso9660.impl.ISOImageFileHandler;
import com.github.stephenc.javaisotools.joliet.impl.JolietConfig;
import com.github.stephenc.javaisotools.rockridge.impl.RockRidgeConfig;
import com.github.stephenc.javaisotools.sabre.HandlerException;
import com.github.stephenc.javaisotools.sabre.impl.ByteArrayDataReference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;

/// An ISO 9660 file system, of which cloud-init knows by its label that it is for it.
final class SeedImage {
    private static final String LABEL = "cidata";

    private SeedImage() {}

    /// Whole or not at all, and for its owner only.
    static void write(Path image, Map<String, byte[]> files) throws IOException {
        // Temporary files are made with mode 0600.
        Path unfinished = Files.createTempFile(image.toAbsolutePath().getParent(), "seed", ".new");
        try {
            create(unfinished, files);
            Files.move(unfinished, image, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(unfinished);
        }
    }

    private static void create(Path file, Map<String, byte[]> files) throws IOException {
        try {
            ISO9660RootDirectory root = new ISO9660RootDirectory();
            long now = System.currentTimeMillis();
            for (Map.Entry<String, byte[]> entry : files.entrySet()) {
                root.addFile(new ISO9660File(new ByteArrayDataReference(entry.getValue()), entry.getKey(), now));
            }
            ISO9660Config iso = new ISO9660Config();
            iso.setVolumeID(LABEL);
            // Linux takes the names from Rock Ridge, others from Joliet; ISO 9660's own have no hyphen.
            RockRidgeConfig rockRidge = new RockRidgeConfig();
            JolietConfig joliet = new JolietConfig();
            joliet.setVolumeID(LABEL);
            new CreateISO(new ISOImageFileHandler(file.toFile()), root).process(iso, rockRidge, joliet, null);
        } catch (HandlerException | ConfigException e) {
            throw new IOException(e.getMessage(), e);
        }
    }
}
