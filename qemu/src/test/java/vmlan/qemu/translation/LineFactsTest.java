package vmlan.qemu.translation;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import vmlan.qemu.language.QemuLine;

/// What is gathered from command lines beside their networks.
class LineFactsTest {
    private static LineFacts of(String line) {
        return new LineFacts(QemuLine.parse(TranslationGoldenTest.words(line)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--version",
                "-version",
                "-h",
                "disk -device help",
                "-nic model=help",
                "-device virtio-net-pci,help",
                "-M ?",
                "-L help",
                "-nic user,model=?",
                "-device driver=help",
                "-M q35,help",
                "-cpu help -nic vmnet-shared",
                "-netdev help"
            })
    void aQuestionIsNoVm(String line) {
        assertThat(of(line).asksOnly()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "disk",
                "-append help -kernel k",
                "-drive file=help",
                "-name help",
                "-device virtio-net-pci,id=helper",
                "-device virtio-net,id=help",
                "-netdev user,id=help,hostname=help",
                "-L help/me",
                "help"
            })
    void whatOnlyLooksLikeOneIsAVm(String line) {
        assertThat(of(line).asksOnly()).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "path/to/disk -m 1G | path/to/disk",
                "-m 1G disk.img | disk.img",
                "-hda a.img -hdb b.img | a.img",
                "-drive if=virtio,file=a,,b.img | a,b.img",
                "-blockdev driver=file,node-name=f,filename=x.raw | x.raw",
                "-drive file=nbd://host/x -hda b.img | b.img",
                "-kernel k -initrd i -append 'x y' |",
                "-cdrom c.iso | c.iso"
            })
    void theDiskIsTheOneThatItBootsFrom(String line, String disk) {
        assertThat(of(line).disk()).isEqualTo(Optional.ofNullable(disk).map(Path::of));
    }

    @Test
    void macAddressesOfNics() {
        assertThat(
                        of("-nic tap,mac=52:54:00:AA:bb:cc -device e1000,netdev=x,mac=52:54:00:aa:bb:cd -append mac=52:54:00:0:0:0")
                                .macs())
                .containsExactly("52:54:00:aa:bb:cc", "52:54:00:aa:bb:cd");
        assertThat(of("-net nic,macaddr=52:54:00:aa:bb:cc -device '{\"mac\": \"52:54:00:aa:bb:cd\"}'")
                        .macs())
                .containsExactly("52:54:00:aa:bb:cc", "52:54:00:aa:bb:cd");
    }

    @Test
    void theNameIsTheGuests() {
        assertThat(of("-name web").name()).contains("web");
        assertThat(of("-name guest=a,,b,debug-threads=on").name()).contains("a,b");
        assertThat(of("-name debug-threads=on").name()).isEmpty();
    }

    @Test
    void openFilesOfTheShellAreFoundByTheirNumbers() {
        assertThat(of("-netdev tap,id=t,fds=3:4,vhostfds=5:6 -add-fd fd=7,set=1 -chardev pipe,id=c,path=/dev/fd/8")
                        .descriptors())
                .containsExactly(3, 4, 5, 6, 7, 8);
        assertThat(of("-netdev stream,id=s,addr.type=fd,addr.str=9").descriptors())
                .containsExactly(9);
        assertThat(of("-netdev '{\"type\":\"stream\",\"addr\":{\"type\":\"fd\",\"str\":\"10\"}}'")
                        .descriptors())
                .containsExactly(10);
        assertThat(of("-netdev user,id=u,hostfwd=tcp::2222-:22 -append fd=3 -m 3")
                        .descriptors())
                .isEmpty();
    }

    @Test
    void whatNeedsItsTerminalIsNotStartedWithoutIt() {
        assertThat(of("disk -nographic").tiedTo()).isEmpty();
        assertThat(of("disk -display curses").tiedTo()).hasSize(1);
        assertThat(of("disk -incoming tcp:0:4444").tiedTo()).hasSize(1);
        assertThat(of("disk -netdev tap,id=t,fd=3").tiedTo()).hasSize(1);
    }

    @Test
    void aDiskThatNothingIsWrittenTo() {
        assertThat(of("disk -snapshot").isReadOnly()).isTrue();
        assertThat(of("-drive file=a,readonly=on").isReadOnly()).isTrue();
        assertThat(of("-drive file=a,readonly=off").isReadOnly()).isFalse();
    }
}
