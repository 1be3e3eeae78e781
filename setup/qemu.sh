# shellcheck shell=sh
# shellcheck disable=SC2034 # missing_qemu: read by who calls
# Which QEMU a command line needs. Read on the short way of `run` and `qemu`: no process but one uname.

# find_missing_qemu ARGUMENTS OF VMLAN: sets missing_qemu to the machine (x86_64 …) whose QEMU is needed and absent
find_missing_qemu() {
    missing_qemu=''
    qemu_machine=''
    qemu_command=$1
    shift
    for argument; do
        case $argument in
        --help | -h | --dry-run) return ;;
        --) break ;;
        -*) ;;
        *)
            [ "$qemu_command" = qemu ] || continue
            # what follows are QEMU's own arguments; a path, or another program, is the caller's affair
            case $argument in
            sudo) continue ;;
            */*) return ;;
            qemu-system-?*) qemu_machine=${argument#qemu-system-} ;;
            *) return ;;
            esac
            break
            ;;
        esac
    done
    if [ -z "$qemu_machine" ]; then
        case $qemu_command in
        run | demo) ;;
        *) return ;;
        esac
        qemu_machine=$(uname -m)
        [ "$qemu_machine" != arm64 ] || qemu_machine=aarch64
    fi
    # of another name no package has a program: a slip, which vmlan itself explains (the class Machines has them, too)
    case $qemu_machine in
    aarch64 | alpha | arm | avr | cris | hppa | i386 | loongarch64 | m68k | microblaze | microblazeel) ;;
    mips | mips64 | mips64el | mipsel | nios2 | or1k | ppc | ppc64 | riscv32 | riscv64 | rx | s390x) ;;
    sh4 | sh4eb | sparc | sparc64 | tricore | x86_64 | xtensa | xtensaeb) ;;
    *) return ;;
    esac
    command -v "qemu-system-$qemu_machine" >/dev/null 2>&1 || missing_qemu=$qemu_machine
}
