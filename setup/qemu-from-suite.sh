#!/bin/sh
# setup/qemu-from-suite.sh SUITE [MACHINE]: QEMU as Debian's SUITE has it (bookworm: 7.2, trixie: 10.0), unpacked with
# all its libraries beside whatever is installed. Needs no root and changes nothing of the system. Prints the folder
# with the programs, which is what $VMLAN_QEMU takes. MACHINE is x86_64 (the default is this machine's) or aarch64.
#
# The suite runs against two generations of QEMU, because each is attached to a network in its own way.
set -u
here=$(CDPATH='' cd -P -- "$(dirname -- "$0")/.." && pwd -P) || exit 1
. "$here/setup/say.sh"
. "$here/setup/places.sh"
. "$here/setup/lock.sh"
. "$here/setup/debian.sh"

suite=${1-}
machine=${2:-$(uname -m)}
case $suite in
*[!a-z]* | '') fail "which suite? \"$suite\" is none" "for example: setup/qemu-from-suite.sh trixie" ;;
esac
case $machine in
x86_64) package=qemu-system-x86 ;;
aarch64 | arm64) machine=aarch64 package=qemu-system-arm ;;
*) fail "there is no recipe for a QEMU of machine $machine" "use x86_64 or aarch64" ;;
esac

caches=$(cache_folder) || exit 1
folder=$caches/dev/qemu-$suite
[ "$machine" = "$(uname -m)" ] || folder=$folder-$machine
program=$folder/bin/qemu-system-$machine

# What is unpacked is kept as long as it runs: an upgraded kernel or a half-removed cache is noticed here.
if "$program" --version >/dev/null 2>&1; then
    printf '%s\n' "$folder/bin"
    exit
fi
for tool in apt-get apt-config dpkg dpkg-deb; do
    command -v "$tool" >/dev/null 2>&1 || fail "QEMU of Debian $suite can be unpacked on Debian and Ubuntu only ($tool is missing)" \
        "set VMLAN_TEST_QEMU_7 and VMLAN_TEST_QEMU_10 to folders with these QEMUs"
done

new=''
locked=''
ended() {
    progress_over
    [ -z "$watched_child" ] || kill "$watched_child" 2>/dev/null
    [ -z "$new" ] || rm -rf "$new"
    [ -z "$locked" ] || lock_release
    locked=''
}
trap ended EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

mkdir -p "$caches/dev" || fail "the folder $caches/dev cannot be made" "set XDG_CACHE_HOME to a folder that can be written"
lock_take "$caches/dev/lock-$suite" 900 || fail "another process has been unpacking QEMU for a quarter of an hour" "end it and start again"
locked=1
if "$program" --version >/dev/null 2>&1; then
    printf '%s\n' "$folder/bin"
    exit
fi
rm -rf "$folder".new-*
new=$folder.new-$$
apt=$new/apt
{ mkdir -p "$new/root/usr" "$new/bin" && private_apt_in "$apt" "$suite"; } ||
    fail "nothing can be written in $new" "make room there"
[ -s "$apt/sources.list" ] || fail "this machine's apt knows no Debian mirror, so there is no QEMU of Debian $suite" \
    "set VMLAN_TEST_QEMU_7 and VMLAN_TEST_QEMU_10 to folders with these QEMUs"

private_apt() {
    APT_CONFIG=$apt/apt.conf DEBIAN_FRONTEND=noninteractive apt-get -q -y "$@" >>"$new/log" 2>&1
}

stopped() {
    tail -n 12 "$new/log" | sed 's/^/    /' >&2
    fail "QEMU of Debian $suite could not be $1" "see above; mend it and start again"
}

unpack() {
    for directory in bin sbin lib lib64; do
        mkdir -p "$new/root/usr/$directory"
        ln -s "usr/$directory" "$new/root/$directory"
    done
    for archive in "$apt/archives"/*.deb; do
        # not dpkg-deb -x: packages from before the merge of /lib into /usr/lib would replace the links
        dpkg-deb --fsys-tarfile "$archive" | tar -x --keep-directory-symlink --no-same-owner -C "$new/root" || return
    done >>"$new/log" 2>&1
}

# wrapper NAME OPTIONS…: the private loader, with the same process id from beginning to end. The loader's own file:
# bookworm's /lib64/ld-linux-x86-64.so.2 is an absolute link, to the system's loader, and two generations of loader and
# libc in one process end in "stack smashing detected".
wrapper() {
    wrapper_name=$1
    shift
    cat >"$new/bin/$wrapper_name" <<END
#!/bin/sh
# $wrapper_name of Debian $suite with its own libraries
root='$folder/root'
QEMU_MODULE_DIR=\$root/usr/lib/$libraries/qemu exec "\$root/usr/lib/$libraries/$loader" \\
    --library-path "\$root/usr/lib/$libraries:\$root/usr/lib/$libraries/pulseaudio" "\$root/usr/bin/$wrapper_name" $* "\$@"
END
    chmod +x "$new/bin/$wrapper_name"
}

say "unpacking QEMU of Debian $suite beside the installed one (about 40 MB to fetch, once)"
watched "fetching the lists of Debian $suite" private_apt update || stopped "looked up"
watched "fetching QEMU of Debian $suite" private_apt install --download-only "$package" qemu-utils || stopped "fetched"
watched "unpacking QEMU of Debian $suite" unpack || stopped "unpacked"
rm -rf "$apt/archives" "$apt/lists" "$new/root/usr/share/doc" "$new/root/usr/share/man" "$new/root/usr/share/locale"

architecture=$(dpkg --print-architecture)
case $architecture in
amd64) libraries=x86_64-linux-gnu loader=ld-linux-x86-64.so.2 ;;
arm64) libraries=aarch64-linux-gnu loader=ld-linux-aarch64.so.1 ;;
*) fail "there is no recipe for a QEMU on $architecture" "use a machine of amd64 or arm64" ;;
esac
# A module (ui-opengl, audio-alsa …) that is not in $QEMU_MODULE_DIR is looked for in the folder that was compiled in,
# where the installed QEMU has one of another build, and both complain. That folder's name becomes one of the same
# length that does not exist.
LC_ALL=C sed -i "s#/usr/lib/$libraries/qemu#/non/lib/$libraries/qemu#g" "$new/root/usr/bin/qemu-system-$machine" || stopped "changed"

case $folder in
*"'"*) fail "the folder $folder has a quote in its name" "set XDG_CACHE_HOME to another folder" ;;
esac
# shellcheck disable=SC2016 # for the wrapper to expand
wrapper "qemu-system-$machine" '-L "$root/usr/share/qemu" -L "$root/usr/share/seabios" -L "$root/usr/lib/ipxe/qemu"'
wrapper qemu-img

old=''
if [ -e "$folder" ]; then
    old=$folder.new-old-$$
    mv "$folder" "$old"
fi
mv "$new" "$folder" || fail "$folder cannot be put in place" "remove it and start again"
new=$old
"$program" --version >/dev/null || fail "the unpacked QEMU of Debian $suite does not start" "read $folder/log, remove $folder and start again"
printf '%s\n' "$folder/bin"
