# shellcheck shell=sh
# shellcheck disable=SC2154 # java_needed: set by java.sh
# Installs what is missing where that needs no question: with apt-get as root, with brew as the user. Anywhere else
# it prints the line to type. A thing is a name of ours (jdk, maven, qemu-x86_64, or a program), not a package's.

# need THING…: returns when all are there, fails with the line to type when they are not
need() {
    things=''
    for thing; do
        is_there "$thing" || things="$things $thing"
    done
    [ -z "$things" ] && return
    # shellcheck disable=SC2086 # a list of words
    install_things $things
    for thing in $things; do
        is_there "$thing" || fail "$(thing_in_words "$thing") is still missing after it was installed" \
            "install it by hand and start again"
    done
}

is_there() {
    case $1 in
    jdk) find_java javac >/dev/null ;;
    maven) command -v mvn >/dev/null 2>&1 ;;
    qemu-*) command -v "qemu-system-${1#qemu-}" >/dev/null 2>&1 ;;
    uefi-x86_64) find_firmware OVMF/OVMF_CODE_4M.fd edk2/ovmf/OVMF_CODE.fd edk2/x64/OVMF_CODE.4m.fd qemu/edk2-x86_64-code.fd ;;
    uefi-aarch64) find_firmware AAVMF/AAVMF_CODE.fd edk2/aarch64/QEMU_EFI.fd qemu/edk2-aarch64-code.fd ;;
    # the program comes from a package of its own, and what it makes images of from one for each kind
    grub-bios) [ -e /usr/lib/grub/i386-pc/boot.img ] && command -v grub-mkimage >/dev/null 2>&1 ;;
    grub-efi) [ -e /usr/lib/grub/x86_64-efi/moddep.lst ] && command -v grub-mkimage >/dev/null 2>&1 ;;
    *) command -v "$1" >/dev/null 2>&1 || [ -x "/usr/sbin/$1" ] || [ -x "/sbin/$1" ] ;;
    esac
}

# find_firmware FILE…: whether one of them is there, under the folders that distributions and Homebrew have
find_firmware() {
    for firmware_file; do
        for firmware_folder in /usr/share /usr/local/share /opt/homebrew/share; do
            [ ! -e "$firmware_folder/$firmware_file" ] || return 0
        done
    done
    return 1
}

thing_in_words() {
    case $1 in
    jdk) echo "a JDK of at least $java_needed" ;;
    maven) echo "Maven" ;;
    qemu-*) echo "QEMU (qemu-system-${1#qemu-})" ;;
    uefi-*) echo "UEFI firmware for ${1#uefi-}" ;;
    grub-*) echo "GRUB for ${1#grub-}" ;;
    *) echo "$1" ;;
    esac
}

# things_in_words THING…: a, b and c
things_in_words() {
    words=''
    while [ $# -gt 0 ]; do
        case $words$# in
        1) words=$(thing_in_words "$1") ;;
        *1) words="$words and $(thing_in_words "$1")" ;;
        *) words="${words:+$words, }$(thing_in_words "$1")" ;;
        esac
        shift
    done
    printf '%s\n' "$words"
}

package_manager() {
    for manager in apt-get dnf pacman zypper apk brew; do
        if command -v "$manager" >/dev/null 2>&1; then
            printf '%s\n' "$manager"
            return
        fi
    done
    return 1
}

# packages_of MANAGER THING: that distribution's names
packages_of() {
    case $1:$2 in
    apt-get:jdk) apt_jdk ;;
    dnf:jdk) echo java-latest-openjdk-devel ;;
    pacman:jdk) echo jdk-openjdk ;;
    zypper:jdk) echo java-25-openjdk-devel ;;
    apk:jdk) echo openjdk25 ;;
    brew:jdk) echo openjdk ;;
    # Maven without recommended packages would come without the certificates that it fetches libraries with
    apt-get:maven) echo "maven ca-certificates" ;;
    *:maven) echo maven ;;
    apt-get:qemu-x86_64 | apt-get:qemu-i386) echo "qemu-system-x86 qemu-utils" ;;
    apt-get:qemu-aarch64 | apt-get:qemu-arm) echo "qemu-system-arm ipxe-qemu qemu-utils" ;;
    apt-get:qemu-ppc*) echo qemu-system-ppc ;;
    apt-get:qemu-mips*) echo qemu-system-mips ;;
    apt-get:qemu-sparc*) echo qemu-system-sparc ;;
    apt-get:qemu-*) echo qemu-system-misc ;;
    dnf:qemu-x86_64) echo "qemu-system-x86-core qemu-img" ;;
    dnf:qemu-*) echo "qemu-system-${2#qemu-}-core qemu-img" ;;
    zypper:qemu-x86_64) echo "qemu-x86 qemu-tools" ;;
    zypper:qemu-aarch64) echo "qemu-arm qemu-tools" ;;
    pacman:qemu-x86_64) echo qemu-base ;;
    apk:qemu-* | pacman:qemu-*) echo "qemu-system-${2#qemu-} qemu-img" ;;
    zypper:qemu-* | brew:qemu-*) echo qemu ;;
    apt-get:uefi-x86_64) echo ovmf ;;
    apt-get:uefi-aarch64) echo qemu-efi-aarch64 ;;
    dnf:uefi-x86_64 | pacman:uefi-x86_64) echo edk2-ovmf ;;
    dnf:uefi-aarch64 | pacman:uefi-aarch64) echo edk2-aarch64 ;;
    brew:uefi-*) echo qemu ;;
    apt-get:grub-bios) echo grub-pc-bin grub-common ;;
    apt-get:grub-efi) echo grub-efi-amd64-bin grub-common ;;
    *:mcopy) echo mtools ;;
    *:mke2fs) echo e2fsprogs ;;
    apt-get:dnsmasq) echo dnsmasq-base ;;
    apt-get:dig) echo bind9-dnsutils ;;
    dnf:dig | zypper:dig) echo bind-utils ;;
    apk:dig) echo bind-tools ;;
    *:dig) echo bind ;;
    dnf:ip) echo iproute ;;
    *:ip) echo iproute2 ;;
    dnf:tc) echo iproute-tc ;;
    *:tc) echo iproute2 ;;
    apt-get:ping) echo iputils-ping ;;
    *:ping) echo iputils ;;
    dnf:ssh) echo openssh-clients ;;
    apt-get:ssh) echo openssh-client ;;
    *:ssh) echo openssh ;;
    *:nft) echo nftables ;;
    dnf:shellcheck) echo ShellCheck ;;
    *:shellcheck) echo shellcheck ;;
    *:ps) echo procps ;;
    *:systemd-analyze) echo systemd ;;
    *) echo "$2" ;;
    esac
}

# The oldest OpenJDK of this Debian or Ubuntu that is new enough; nothing if there is none. The lists of packages
# are asked; a fresh machine has none, and whoever is not root cannot fetch them: there the release is asked.
apt_jdk() {
    for apt_release in 25 26 27 28 29; do
        if [ -n "$(apt-cache show "openjdk-$apt_release-jdk-headless" 2>/dev/null)" ]; then
            echo "openjdk-$apt_release-jdk-headless"
            return
        fi
    done
    [ -z "$(apt-cache show apt-utils libc6 2>/dev/null)" ] && [ "$(id -u)" != 0 ] || return
    apt_version=$(. /etc/os-release && echo "${ID-}:${VERSION_ID-}")
    case $apt_version in
    debian:[1-9] | debian:1[0-2] | ubuntu:[01]*.* | ubuntu:2[0-3].*) ;;
    *) echo "openjdk-$java_needed-jdk-headless" ;;
    esac
}

# install_things THING…
install_things() {
    manager=$(package_manager) || manager=''
    if [ "$manager" = apt-get ] && [ "$(id -u)" = 0 ]; then
        install_with_apt "$@"
    elif [ "$manager" = brew ] && [ "$(id -u)" != 0 ]; then
        packages=$(packages_of_all "$@")
        say "installing $packages with brew"
        # shellcheck disable=SC2086 # a list of words
        installing "installing" env NONINTERACTIVE=1 HOMEBREW_NO_ENV_HINTS=1 brew install $packages
    else
        fail "$(things_in_words "$@") must be installed first" "$(line_to_type "$@")"
    fi
}

# packages_of_all THING…: on one line
packages_of_all() {
    for thing; do
        packages_of "$manager" "$thing"
    done | tr '\n' ' ' | sed 's/ $//'
}

# line_to_type THING…: what a person types here to get them
line_to_type() {
    if [ -z "$manager" ]; then
        if [ "$(uname -s)" = Darwin ]; then
            echo "install Homebrew (https://brew.sh), then start again"
        else
            echo "install $(things_in_words "$@") with this system's package manager, then start again"
        fi
        return
    fi
    line_before=''
    line_things=$*
    if [ "$manager" = apt-get ] && has_word jdk "$@" && [ -z "$(apt_jdk)" ]; then
        line_before=$(line_for_unpackaged_jdk)
        line_things=$(printf '%s\n' "$@" | grep -v '^jdk$')
    fi
    # shellcheck disable=SC2086 # a list of words
    line_packages=$(packages_of_all $line_things)
    line_sudo='sudo '
    [ "$(id -u)" != 0 ] || line_sudo=''
    case $manager:$line_packages in
    *:) line= ;;
    apt-get:*) line="${line_sudo}apt-get update && ${line_sudo}apt-get install -y --no-install-recommends $line_packages" ;;
    dnf:*) line="${line_sudo}dnf install -y $line_packages" ;;
    pacman:*) line="${line_sudo}pacman -S --needed --noconfirm $line_packages" ;;
    zypper:*) line="${line_sudo}zypper --non-interactive install $line_packages" ;;
    apk:*) line="${line_sudo}apk add $line_packages" ;;
    brew:*) line="brew install $line_packages" ;;
    esac
    printf 'type: %s\n' "$line_before${line_before:+${line:+ && }}$line"
}

has_word() {
    has_this=$1
    shift
    for word; do
        [ "$word" != "$has_this" ] || return 0
    done
    return 1
}

# Debian 12 and Ubuntu before 24.04 have no package of a JDK 25: Eclipse Temurin, unpacked where java.sh looks.
line_for_unpackaged_jdk() {
    case $(uname -m) in
    x86_64) line_machine=x64 ;;
    *) line_machine=$(uname -m) ;;
    esac
    line_url=https://api.adoptium.net/v3/binary/latest/$java_needed/ga/linux/$line_machine/jdk/hotspot/normal/eclipse
    line_sudo='sudo '
    [ "$(id -u)" != 0 ] || line_sudo=''
    if command -v curl >/dev/null 2>&1; then
        line_fetch="curl -fL $line_url"
    elif command -v wget >/dev/null 2>&1; then
        line_fetch="wget -O- $line_url"
    else
        printf '%s' "${line_sudo}apt-get update && ${line_sudo}apt-get install -y curl ca-certificates && "
        line_fetch="curl -fL $line_url"
    fi
    printf 'mkdir -p ~/.jdks/temurin-%s && %s | tar xz -C ~/.jdks/temurin-%s --strip-components=1' \
        "$java_needed" "$line_fetch" "$java_needed"
}

install_with_apt() {
    [ -n "$(apt-cache show libc6 2>/dev/null)" ] || update_apt
    if has_word jdk "$@" && [ -z "$(apt_jdk)" ]; then
        # lists of months ago do not know it
        update_apt
        [ -n "$(apt_jdk)" ] || fail \
            "a JDK of at least $java_needed is needed, and $(. /etc/os-release && echo "$PRETTY_NAME") has no package of one" \
            "$(line_to_type jdk)"
    fi
    packages=$(packages_of_all "$@")
    say "installing $packages with apt-get"
    # shellcheck disable=SC2086 # a list of words
    if ! (installing "installing" apt_get install --no-install-recommends $packages) 2>/dev/null; then
        # a package that the lists name and the server no longer has
        update_apt
        # shellcheck disable=SC2086 # a list of words
        installing "installing" apt_get install --no-install-recommends $packages
    fi
}

update_apt() {
    say "fetching the lists of packages with apt-get"
    installing "fetching the lists of packages" apt_get update
}

# Never asks: no terminal, no debconf, changed configuration files stay as they are. Waits for another apt-get, but
# not for ever.
apt_get() {
    DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 apt-get -q -y -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 \
        -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold "$@"
}

# installing TEXT COMMAND…: its last lines are shown if it fails
installing() {
    install_log=$(mktemp "${TMPDIR:-/tmp}/vmlan-install.XXXXXX") || fail "no temporary file can be made" "make room in ${TMPDIR:-/tmp}"
    install_text=$1
    shift
    if watched "$install_text" logged "$install_log" "$@"; then
        rm -f "$install_log"
        return
    fi
    install_end=$(tail -n 12 "$install_log")
    rm -f "$install_log"
    printf '%s\n' "$install_end" | sed 's/^/    /' >&2
    fail "$install_text failed: $*" "see above; install by hand what is missing, then start again"
}

logged() {
    logged_to=$1
    shift
    "$@" >>"$logged_to" 2>&1
}
