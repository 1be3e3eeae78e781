package vmlan.tests.real;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/// A QEMU that says it has vmnet, as one on a Mac does, and has `user` in its place. One that is not started by root
/// cannot become anybody, and is not asked to.
public final class VmnetQemu {
    /// In its environment.
    static final String REFUSES_OTHERS_THAN_ROOT = "VMNET_REFUSES=1";

    private VmnetQemu() {}

    /// @param folder to be made
    /// @param qemu the real one's
    /// @return the folder
    public static Path in(Path folder, Path qemu) throws IOException {
        Files.createDirectories(folder);
        Path program = folder.resolve("qemu-system-x86_64");
        Files.writeString(program, """
                #!/bin/sh
                real='%s'
                case "$*" in
                *'-netdev help')
                    "$real" "$@"
                    printf 'vmnet-bridged\\nvmnet-host\\nvmnet-shared\\n'
                    exit
                    ;;
                esac
                user=$(id -u)
                printf '%%s\\n' "$user" "$(umask)" "$@" >'%s'
                if [ "$user" != 0 ] && [ -n "${VMNET_REFUSES-}" ]; then
                    case "$*" in
                    *'-netdev vmnet-'*)
                        printf 'qemu-system-x86_64: -netdev vmnet-shared,id=net0: %%s (%%s)\\n' \\
                            'cannot create vmnet interface: general failure' 'possibly not enough privileges' >&2
                        exit 1
                        ;;
                    esac
                fi
                count=$#
                while [ "$count" -gt 0 ]; do
                    word=$1
                    shift
                    count=$((count - 1))
                    case $word in
                    vmnet-*,id=*)
                        id=${word#*,id=}
                        word=user,id=${id%%%%,*}
                        ;;
                    -run-with | -runas)
                        if [ "$user" != 0 ]; then
                            shift
                            count=$((count - 1))
                            continue
                        fi
                        ;;
                    esac
                    set -- "$@" "$word"
                done
                exec "$real" "$@"
                """.formatted(qemu.resolve("qemu-system-x86_64"), folder.resolve("said")));
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
        return folder;
    }

    /// What the last one was started with: the user's number, the umask, then its words.
    public static Path said(Path folder) {
        return folder.resolve("said");
    }
}
