package vmlan.qemu.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.ar.ArArchiveEntry;
import org.apache.commons.compress.archivers.ar.ArArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

class KernelSourcesTest {
    private static final String RELEASE = "6.10.0-1-amd64";

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"gz", "xz", "zst"})
    void everyCompressionOfDistributionsIsRead(String kind) throws Exception {
        try (InputStream in = getClass().getResourceAsStream("hello." + kind)) {
            byte[] compressed = in.readAllBytes();
            assertThat(new String(Compressed.unpack(compressed, 100), StandardCharsets.US_ASCII))
                    .startsWith("hello, ");
            assertThatThrownBy(() -> Compressed.unpack(compressed, 5)).hasMessage("more than 5 bytes");

            long seed = System.nanoTime();
            var random = new Random(seed);
            for (int round = 0; round < 2_000; round++) {
                byte[] bytes = Arrays.copyOf(compressed, compressed.length - random.nextInt(3));
                bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
                assertThatCode(() -> unpack(bytes))
                        .as("seed " + seed + " round " + round)
                        .doesNotThrowAnyException();
            }
        }
    }

    @Test
    void whatIsNotCompressedIsAsItIs() throws Exception {
        assertThat(Compressed.unpack(new byte[0], 9)).isEmpty();
        assertThat(Compressed.unpack(new byte[] {1, 2}, 9)).containsExactly(1, 2);
    }

    @Test
    void aPackagesKernelHasWhatTheGuestNeedsInOrder() throws Exception {
        Path deb = debFile("linux-image.deb", files());
        var kernel = new PackagedKernel(List.of(new DebPackage(deb)));

        assertThat(kernel.release()).isEqualTo(RELEASE);
        assertThat(kernel.image()).containsExactly(1, 2, 3);
        assertThat(KernelModules.choose(kernel).keySet())
                .containsExactly("odd_part", "virtio_ring", "virtio_pci", "virtio_net", "virtio_rng");
    }

    @Test
    void aKernelInTwoPackagesIsOne() throws Exception {
        Map<String, byte[]> image = new LinkedHashMap<>(files());
        image.keySet().removeIf(name -> !name.startsWith("boot/"));
        Map<String, byte[]> modules = new LinkedHashMap<>(files());
        modules.keySet().removeAll(image.keySet());
        var kernel = new PackagedKernel(List.of(
                new DebPackage(debFile("linux-modules.deb", modules)),
                new DebPackage(debFile("linux-image.deb", image))));
        assertThat(KernelModules.choose(kernel)).containsKey("virtio_net");
    }

    @Test
    void anInstalledKernelIsTheNewestThatCanBeRead() throws Exception {
        install(files());
        Files.createDirectories(folder.resolve("lib/modules/6.11.0-no-image/kernel"));
        Files.writeString(folder.resolve("lib/modules/6.11.0-no-image/modules.builtin"), "");
        Path older = Files.createDirectories(folder.resolve("lib/modules/6.9.9"));
        Files.writeString(older.resolve("modules.builtin"), "");
        Files.write(older.resolve("vmlinuz"), new byte[] {9});

        assertThat(InstalledKernel.all(folder))
                .extracting(InstalledKernel::release)
                .containsExactly(RELEASE, "6.9.9");
        InstalledKernel kernel = InstalledKernel.all(folder).getFirst();
        assertThat(kernel.image()).containsExactly(1, 2, 3);
        assertThat(KernelModules.choose(kernel).keySet())
                .containsExactly("odd_part", "virtio_ring", "virtio_pci", "virtio_net", "virtio_rng");
        assertThatThrownBy(
                        () -> KernelModules.choose(InstalledKernel.all(folder).get(1)))
                .hasMessage("the kernel 6.9.9 has no module virtio_net");
        assertThat(InstalledKernel.all(folder.resolve("nowhere"))).isEmpty();
    }

    @Test
    void modulesThatNeedEachOtherAreAnErrorAndNotALoop() throws Exception {
        Map<String, byte[]> files = files();
        files.put(module("drivers/virtio/virtio_ring.ko"), ElfFiles.module("virtio_pci"));
        install(files);
        assertThatThrownBy(
                        () -> KernelModules.choose(InstalledKernel.all(folder).getFirst()))
                .hasMessageContaining("need each other");
    }

    @Test
    void aMissingDependencyIsNamed() throws Exception {
        Map<String, byte[]> files = files();
        files.remove(module("drivers/odd/odd-part.ko"));
        install(files);
        assertThatThrownBy(
                        () -> KernelModules.choose(InstalledKernel.all(folder).getFirst()))
                .hasMessage("the kernel " + RELEASE + " has no module odd_part");
    }

    @Test
    void damagedPackagesAreAnErrorOfReading() throws Exception {
        byte[] good = Files.readAllBytes(debFile("good.deb", files()));
        long seed = System.nanoTime();
        var random = new Random(seed);
        Path bad = folder.resolve("bad.deb");
        for (int round = 0; round < 500; round++) {
            byte[] bytes = good.clone();
            for (int i = 0; i < 3; i++) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            Files.write(bad, random.nextBoolean() ? bytes : Arrays.copyOf(bytes, random.nextInt(bytes.length)));
            assertThatCode(() -> readKernel(bad))
                    .as("seed " + seed + " round " + round)
                    .doesNotThrowAnyException();
        }
        assertThatThrownBy(() -> new PackagedKernel(List.of(new DebPackage(debFile("no.deb", Map.of())))))
                .hasMessageStartingWith("there is no kernel in");
    }

    @Test
    void busyboxIsTakenFromItsPackageWhenItIsStaticAndForThatArchitecture() throws Exception {
        byte[] arm = ElfFiles.program(false, 183);
        var deb = new DebPackage(debFile("busybox-static.deb", Map.of("usr/bin/busybox", arm)));
        assertThat(Busybox.in(deb, "aarch64")).isEqualTo(arm);
        assertThatThrownBy(() -> Busybox.in(deb, "x86_64")).hasMessageContaining("no static busybox for x86_64");
        assertThat(Busybox.installed(folder, "x86_64")).isEmpty();
    }

    @Test
    void anArmKernelInsideOfAnEfiProgramIsUnpacked() throws Exception {
        var out = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(out)) {
            gzip.write(new byte[] {7, 7, 7});
        }
        ByteBuffer zboot = ByteBuffer.allocate(128 + out.size()).order(ByteOrder.LITTLE_ENDIAN);
        zboot.put(0, (byte) 'M')
                .put(1, (byte) 'Z')
                .putInt(4, 0x676d697a)
                .putInt(8, 128)
                .putInt(12, out.size());
        zboot.put(128, out.toByteArray());
        assertThat(KernelImage.bootable(zboot.array(), "aarch64")).containsExactly(7, 7, 7);
        assertThat(KernelImage.bootable(out.toByteArray(), "aarch64")).containsExactly(7, 7, 7);
        assertThat(KernelImage.bootable(zboot.array(), "x86_64")).isEqualTo(zboot.array());
        zboot.putInt(12, Integer.MAX_VALUE);
        assertThatThrownBy(() -> KernelImage.bootable(zboot.array(), "aarch64")).isInstanceOf(IOException.class);
    }

    private static void unpack(byte[] bytes) {
        try {
            assertThat(Compressed.unpack(bytes, 1 << 20)).isNotNull();
        } catch (IOException expected) {
            // damaged, and said so
        }
    }

    private static void readKernel(Path deb) {
        try {
            assertThat(new PackagedKernel(List.of(new DebPackage(deb))).image()).isNotNull();
        } catch (IOException expected) {
            // damaged, and said so
        }
    }

    /// A kernel with virtio_net compressed, evdev built in, and a dependency that nobody would guess.
    private static Map<String, byte[]> files() throws IOException {
        var net = new ByteArrayOutputStream();
        try (var xz = new XZOutputStream(net, new LZMA2Options(0))) {
            xz.write(ElfFiles.module("virtio_ring"));
        }
        Map<String, byte[]> files = new LinkedHashMap<>();
        files.put("boot/vmlinuz-" + RELEASE, new byte[] {1, 2, 3});
        files.put(
                "lib/modules/" + RELEASE + "/modules.builtin",
                "kernel/drivers/input/evdev.ko\n".getBytes(StandardCharsets.UTF_8));
        files.put(module("drivers/net/virtio_net.ko.xz"), net.toByteArray());
        files.put(module("drivers/virtio/virtio_pci.ko"), ElfFiles.module("virtio_ring"));
        files.put(module("drivers/virtio/virtio_ring.ko"), ElfFiles.module("odd-part,evdev"));
        files.put(module("drivers/odd/odd-part.ko"), ElfFiles.module(null));
        files.put(module("drivers/char/hw_random/virtio-rng.ko"), ElfFiles.module("virtio_ring"));
        files.put(module("drivers/other/unwanted.ko"), new byte[] {1});
        return files;
    }

    private static String module(String name) {
        return "lib/modules/" + RELEASE + "/kernel/" + name;
    }

    private void install(Map<String, byte[]> files) throws IOException {
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            Path path = folder.resolve(file.getKey());
            Files.createDirectories(path.getParent());
            Files.write(path, file.getValue());
        }
    }

    private Path debFile(String name, Map<String, byte[]> files) throws IOException {
        var data = new ByteArrayOutputStream();
        try (var tar = new TarArchiveOutputStream(new XZOutputStream(data, new LZMA2Options(0)))) {
            for (Map.Entry<String, byte[]> file : files.entrySet()) {
                var entry = new TarArchiveEntry("./" + file.getKey());
                entry.setSize(file.getValue().length);
                tar.putArchiveEntry(entry);
                tar.write(file.getValue());
                tar.closeArchiveEntry();
            }
        }
        Path deb = folder.resolve(name);
        try (OutputStream out = Files.newOutputStream(deb);
                var ar = new ArArchiveOutputStream(out)) {
            add(ar, "debian-binary", "2.0\n".getBytes(StandardCharsets.US_ASCII));
            add(ar, "control.tar.xz", new byte[] {1});
            add(ar, "data.tar.xz", data.toByteArray());
        }
        return deb;
    }

    private static void add(ArArchiveOutputStream ar, String name, byte[] content) throws IOException {
        ar.putArchiveEntry(new ArArchiveEntry(name, content.length));
        ar.write(content);
        ar.closeArchiveEntry();
    }
}
