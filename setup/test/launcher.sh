#!/bin/sh
# setup/test/launcher.sh [SHELL…]: tests of ./vmlan and of the scripts it reads, with a Java and a Maven that only
# write down that they were called. SHELL is the shell to run ./vmlan with, for example: dash, or busybox ash.
# Without one, every shell that is installed takes its turn. Takes some seconds a shell; needs no network.
set -u
here=$(CDPATH='' cd -P -- "$(dirname -- "$0")/../.." && pwd -P) || exit 1

if [ $# = 0 ]; then
    code=0
    for shell in dash 'busybox ash' 'bash --posix'; do
        # shellcheck disable=SC2086 # split on purpose
        command -v ${shell%% *} >/dev/null 2>&1 || continue
        printf '# %s\n' "$shell"
        # shellcheck disable=SC2086 # split on purpose
        $shell "$0" $shell || code=1
    done
    exit "$code"
fi

temporary=$(mktemp -d "${TMPDIR:-/tmp}/vmlan-test.XXXXXX") || exit 1
temporary=$(CDPATH='' cd -P -- "$temporary" && pwd -P)
trap 'rm -rf "$temporary"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
# another user has to reach the checkout
chmod 755 "$temporary"
passed=0
failed=0

good() {
    passed=$((passed + 1))
    printf 'ok - %s\n' "$1"
}

bad() {
    failed=$((failed + 1))
    printf 'not ok - %s\n' "$1"
    shift
    [ $# = 0 ] || printf '%s\n' "$@" | sed 's/^/#   /'
}

# says NAME EXPECTED TEXT: the text has the expected part
says() {
    case $3 in
    *"$2"*) good "$1" ;;
    *) bad "$1" "wanted: $2" "got: $3" ;;
    esac
}

is() {
    if [ "$2" = "$3" ]; then good "$1"; else bad "$1" "wanted: $2" "got: $3"; fi
}

# A checkout with the scripts as they are, and sources that are as short as can be.
make_checkout() {
    mkdir -p "$1/.mvn" "$1/setup/picocli"
    echo '<project/>' >"$1/setup/picocli/pom.xml"
    cp "$here/vmlan" "$1/"
    cp "$here/setup"/*.sh "$1/setup/"
    echo '<project/>' >"$1/pom.xml"
    echo --batch-mode >"$1/.mvn/maven.config"
    for module in packet network host qemu program tests; do
        mkdir -p "$1/$module/src/main/java"
        echo '<project/>' >"$1/$module/pom.xml"
        echo 'class A {}' >"$1/$module/src/main/java/A.java"
    done
}

# make_java FOLDER VERSION: it prints its arguments, one a line; `hold` among them makes it stay
make_java() {
    mkdir -p "$1/bin"
    printf 'IMPLEMENTOR="nobody"\nJAVA_VERSION="%s"\n' "$2" >"$1/release"
    cat >"$1/bin/java" <<'END'
#!/bin/sh
for argument; do
    case $argument in
    --who | '<--who>') echo "uid $(id -u) for ${VMLAN_OWNER-nobody}" ;;
    -XX:AOTCacheOutput=*) [ -z "${FAKE_TRAINING_FAILS-}" ] || exit 1; echo cache >"${argument#-XX:AOTCacheOutput=}"; exit ;;
    hold) trap 'kill "$sleeper"; exit' TERM; sleep 600 & sleeper=$!; wait "$sleeper"; exit ;;
    esac
    printf '<%s>\n' "$argument"
done
END
    cp "$1/bin/java" "$1/bin/javac"
    chmod +x "$1/bin/java" "$1/bin/javac"
}

make_maven() {
    mkdir -p "$1"
    cat >"$1/mvn" <<END
#!/bin/sh
echo run >>'$temporary/maven-runs'
case \${FAKE_MAVEN-} in
slow) until [ -e '$temporary/go-on' ]; do sleep 0.1; done ;;
endless) echo \$\$ >'$temporary/maven-pid'; exec sleep 600 ;;
fails) printf '[ERROR] COMPILATION ERROR : \n[ERROR] %s/program/src/main/java/A.java:[1,2] ";" expected\n[ERROR] -> [Help 1]\n' "\$PWD"; exit 1 ;;
esac
[ -f program/src/main/java/A.java ] || exit 1
mkdir -p program/target/lib
echo jar >program/target/lib/library-1.jar
echo jar >program/target/lib/vmlan-host-1.jar
cat */src/main/java/*.java >program/target/vmlan-program-1.jar
END
    chmod +x "$1/mvn"
}

maven_runs() {
    grep -c run "$temporary/maven-runs" 2>/dev/null || true
}

# vmlan ARGUMENTS…: in $checkout, with nothing of the caller's environment; standard output and error together
vmlan() {
    # shellcheck disable=SC2086 # the shell may be two words
    env -i PATH="$temporary/bin:$PATH" HOME="$temporary/home" JAVA_HOME="$temporary/jdk" ${with:+"$with"} \
        $shell "$checkout/vmlan" "$@" 2>&1 </dev/null
}

# until_true SECONDS COMMAND…
until_true() {
    until_tries=$(($1 * 10))
    shift
    until "$@" 2>/dev/null; do
        until_tries=$((until_tries - 1))
        [ "$until_tries" -gt 0 ] || return 1
        sleep 0.1
    done
}

shell=$*
with=''
mkdir -p "$temporary/home"
make_java "$temporary/jdk" 25.0.1
make_maven "$temporary/bin"
checkout="$temporary/a check out"
make_checkout "$checkout"

## first and later starts

output=$(vmlan one 'two  words' '' '*')
says "the first start says that it builds" "building for the first use" "$output"
says "arguments reach Java as they were" "<vmlan.program.Main>
<one>
<two  words>
<>
<*>" "$output"
says "the cache of the training run is used" "<-XX:AOTCache=$checkout/build/$(cat "$checkout/build/current")/commands.aot>" "$output"
says "our jars come first in the class path" "/lib/vmlan-host-1.jar:$checkout/build" "$output"
says "the program learns where its launcher is" "<-Dvmlan.launcher=$checkout/vmlan>" "$output"
output=$(vmlan one)
is "the second start says nothing of its own" "<-XX" "$(printf '%s' "$output" | cut -c1-4 | head -n 1)"
is "Maven ran once" 1 "$(maven_runs)"
is "the checkout's own files are left alone" "" "$(find "$checkout" -name target -not -path "$checkout/build/*")"
output=$(vmlan network serve shared)
says "and a cache of its own" "<-XX:AOTCache=$checkout/build/$(cat "$checkout/build/current")/network.aot>" "$output"
says "the network process gets a small fixed heap" "<-Xmx128m>" "$output"
says "and a bound for what lies outside the heap" "<-XX:MaxDirectMemorySize=640m>" "$output"
case $output in
*Tiered*) bad "the network process gets both compiler tiers" "$output" ;;
*) good "the network process gets both compiler tiers" ;;
esac
ln -s "$checkout/vmlan" "$temporary/link"
ln -s link "$temporary/bin/second-link"
ln -s ../link "$temporary/bin/link-up"
is "a link that leads nowhere is an error" 127 "$(env -i PATH="$temporary/bin:$PATH" second-link >/dev/null 2>&1; echo $?)"
output=$(cd / && env -i PATH="$temporary/bin:$PATH" HOME="$temporary/home" link-up 2>&1)
says "links to links, relative ones too, lead to the checkout" "<-Dvmlan.launcher=$checkout/vmlan>" "$output"

## what counts as a change

sleep 0.1
touch "$checkout/host/src/main/java/A.java"
vmlan >/dev/null
is "a source that was touched and is the same is not built" 1 "$(maven_runs)"
echo 'class B {}' >"$checkout/host/src/main/java/B.java"
output=$(vmlan)
says "a new source is built" "the sources changed" "$output"
rm "$checkout/host/src/main/java/B.java"
vmlan >/dev/null
is "a deleted source is noticed" 3 "$(maven_runs)"
echo notes >"$checkout/host/src/main/java/.A.java.swp"
echo test >"$checkout/tests/pom.xml"
vmlan >/dev/null
is "an editor's file and the tests do not count" 3 "$(maven_runs)"
before=$(cat "$checkout/build/current")
sleep 0.1
echo 'OTHER=1' >>"$temporary/jdk/release"
touch "$temporary/jdk/bin"
rm "$checkout/build/$before/commands.aot"
vmlan >/dev/null
is "another Java in the same place gets a cache of its own" "3 $before yes" \
    "$(maven_runs) $(cat "$checkout/build/current") $([ -f "$checkout/build/$before/commands.aot" ] && echo yes)"
echo 'class C {}' >"$checkout/host/src/main/java/A.java"
output=$(with=VMLAN_NO_BUILD=1 && vmlan)
is "VMLAN_NO_BUILD starts what there is" "3 <-XX" "$(maven_runs) $(printf '%s' "$output" | cut -c1-4 | head -n 1)"
mv "$checkout" "$temporary/moved"
checkout=$temporary/moved
output=$(with=VMLAN_NO_BUILD=1 && vmlan)
says "a moved checkout goes on with its build" "<-cp>
<$temporary/moved/build/$before/lib/" "$output"

## failures

output=$(with=FAKE_MAVEN=fails && vmlan; echo "code $?")
says "a compiler's error is shown with the checkout's path" "    program/src/main/java/A.java:[1,2] \";\" expected
vmlan: the build failed" "$output"
says "a failed build is exit code 1" "code 1" "$output"
output=$(with=FAKE_MAVEN=fails && vmlan ps --json)
says "with --json the error is JSON" '{"error":{"what":"the build failed","do":"' "$output"
output=$(with=FAKE_TRAINING_FAILS=1 && vmlan here)
says "a failed training run only costs time" "<here>" "$output"
says "and is said in build.log" "starts slower" "$(cat "$checkout/build/build.log")"
is "and no cache is used" "" "$(printf '%s' "$output" | grep AOTCache)"
checkout=$temporary/second
make_checkout "$checkout"
output=$(with=VMLAN_NO_BUILD=1 && vmlan; echo "code $?")
says "VMLAN_NO_BUILD without a build says so" "there is no build in $checkout/build" "$output"

## two at once, and sudden deaths

rm "$temporary/maven-runs"
(with=FAKE_MAVEN=slow && vmlan first >"$temporary/first") &
until_true 60 test -e "$temporary/maven-runs"
(vmlan second >"$temporary/second-said") &
# The first one is done when the second has said that it waits.
until_true 60 grep -q 'is at it' "$temporary/second-said"
: >"$temporary/go-on"
wait
output=$(cat "$temporary/second-said")
says "two at once: the second waits and says so" "another vmlan is at it (process " "$output"
says "and starts what the first has built" "<second>" "$output"
is "and Maven ran once" 1 "$(maven_runs)"

checkout=$temporary/third
make_checkout "$checkout"
rm -f "$temporary/maven-runs"
# shellcheck disable=SC2086 # the shell may be two words
env -i PATH="$temporary/bin:$PATH" HOME="$temporary/home" JAVA_HOME="$temporary/jdk" FAKE_MAVEN=endless \
    $shell "$checkout/vmlan" >"$temporary/first" 2>&1 </dev/null &
victim=$!
until_true 60 test -s "$temporary/maven-pid"
kill -9 "$victim"
wait "$victim" 2>/dev/null
is "a killed build leaves nothing that could be started" no "$([ -e "$checkout/build/current" ] && echo yes || echo no)"
output=$(vmlan after)
says "the next one takes over at once" "<after>" "$output"
case $output in
*"is at it"*) bad "and does not wait for the dead" "$output" ;;
*) good "and does not wait for the dead" ;;
esac
is "and clears away what was left" "" "$(find "$checkout/build" -maxdepth 1 \( -name 'new-*' -o -name 'work-*' \))"
kill "$(cat "$temporary/maven-pid")" 2>/dev/null

checkout=$temporary/fourth
make_checkout "$checkout"
rm -f "$temporary/maven-pid"
# shellcheck disable=SC2086 # the shell may be two words
env -i PATH="$temporary/bin:$PATH" HOME="$temporary/home" JAVA_HOME="$temporary/jdk" FAKE_MAVEN=endless \
    $shell "$checkout/vmlan" >"$temporary/first" 2>&1 </dev/null &
victim=$!
until_true 60 test -s "$temporary/maven-pid"
kill "$victim"
wait "$victim"
is "an ended build is exit code 143" 143 "$?"
if until_true 60 sh -c "! kill -0 $(cat "$temporary/maven-pid")"; then
    good "and takes Maven with it"
else
    bad "and takes Maven with it"
fi
is "and the lock is free" free "$(readlink "$checkout/build/lock"/*)"

cat >"$temporary/worker" <<'END'
set -u
here=$1
inside=$2
. "$here/setup/say.sh"
. "$here/setup/lock.sh"
for round in 1 2 3 4 5 6; do
    lock_take "$inside.lock" 60 2>/dev/null || exit 9
    mkdir "$inside" 2>/dev/null || { echo two >>"$inside.violations"; exit 1; }
    echo entered >>"$inside.entries"
    rmdir "$inside"
    # dies with the lock in its hand
    [ "$round" != "$3" ] || kill -9 $$
    lock_release
done
END
for worker in 1 2 3 4 5 6; do
    # the odd ones die in some round
    # shellcheck disable=SC2086 # the shell may be two words
    $shell "$temporary/worker" "$here" "$temporary/inside" "$((worker % 2 * worker))" >/dev/null 2>&1 &
done
wait
is "six processes, three of which die holding the lock: never two inside" "none, 27 times" \
    "$([ -e "$temporary/inside.violations" ] && echo some || echo none), $(grep -c entered "$temporary/inside.entries") times"

## old builds

checkout=$temporary/third
with=''
# shellcheck disable=SC2086 # the shell may be two words
env -i PATH="$temporary/bin:$PATH" HOME="$temporary/home" JAVA_HOME="$temporary/jdk" \
    $shell "$checkout/vmlan" hold >/dev/null 2>&1 </dev/null &
holder=$!
used=$(cat "$checkout/build/current")
until_true 60 sh -c "grep -q '/$used/lib/' /proc/$holder/cmdline || ps -o command= -p $holder | grep -q '/$used/lib/'"
for content in D E F G; do
    echo "class $content {}" >"$checkout/qemu/src/main/java/A.java"
    vmlan >/dev/null
done
is "a build that a process uses is kept, with the newest two" "3 yes" \
    "$(find "$checkout/build" -maxdepth 1 -name '2*-*' | grep -c .) $([ -d "$checkout/build/$used" ] && echo yes)"
kill "$holder"
wait "$holder" 2>/dev/null
echo "class H {}" >"$checkout/qemu/src/main/java/A.java"
vmlan >/dev/null
is "and goes when it is no longer used" "2" "$(find "$checkout/build" -maxdepth 1 -name '2*-*' | grep -c .)"

## which Java, which packages

cat >"$temporary/choice" <<'END'
here=$1
. "$here/setup/java.sh"
printf '%s\n' "$(java_version "$2")"
find_java javac
END
make_java "$temporary/old" 17.0.15
make_java "$temporary/early" 26-ea
make_java "$temporary/jre" 25.0.2
rm "$temporary/jre/bin/javac"
# shellcheck disable=SC2086 # the shell may be two words
choice() { JAVA_HOME=$1 $shell "$temporary/choice" "$here" "$1"; }
is "a release file with 26-ea is read" "26" "$(choice "$temporary/early" | head -n 1)"
is "JAVA_HOME is taken first" "$temporary/early" "$(choice "$temporary/early" | tail -n 1)"
is "a Java 17 in JAVA_HOME is passed over" "17 no" "$(choice "$temporary/old" | head -n 1) $(choice "$temporary/old" | grep -q -x "$temporary/old" && echo yes || echo no)"
is "a Java without a compiler is no JDK" "no" "$(choice "$temporary/jre" | grep -q -x "$temporary/jre" && echo yes || echo no)"

cat >"$temporary/packages" <<'END'
here=$1
. "$here/setup/say.sh"
. "$here/setup/java.sh"
. "$here/setup/packages.sh"
id() { echo "$user"; }
package_manager() { echo "$pm"; }
is_there() { false; }
uname() { [ "$1" = -m ] && echo x86_64 || echo Linux; }
need jdk maven qemu-x86_64
END
mkdir "$temporary/apt"
cat >"$temporary/apt/apt-cache" <<'END'
#!/bin/sh
[ "$*" != "show openjdk-$known-jdk-headless" ] && [ "$*" != 'show libc6' ] || echo found
END
chmod +x "$temporary/apt/apt-cache"
packages() {
    # shellcheck disable=SC2086 # the shell may be two words
    PATH=$temporary/apt:$PATH user=$1 pm=$2 known=$3 $shell "$temporary/packages" "$here" 2>&1
    echo "code $?"
}
says "Debian, not root: the exact line" "vmlan: a JDK of at least 25, Maven and QEMU (qemu-system-x86_64) must be installed first
  type: sudo apt-get update && sudo apt-get install -y --no-install-recommends openjdk-25-jdk-headless maven ca-certificates qemu-system-x86 qemu-utils
code 1" "$(packages 1000 apt-get 25)"
says "a Debian that has a newer one only gets that" "openjdk-27-jdk-headless maven" "$(packages 1000 apt-get 27)"
says "a Debian without one: where to get it, then the rest" "--strip-components=1 && sudo apt-get update && sudo apt-get install -y --no-install-recommends maven" "$(packages 1000 apt-get none)"
says "Fedora" "type: sudo dnf install -y java-latest-openjdk-devel maven qemu-system-x86-core qemu-img" "$(packages 1000 dnf 25)"
says "Fedora as root" "type: dnf install -y" "$(packages 0 dnf 25)"
says "Arch" "type: sudo pacman -S --needed --noconfirm jdk-openjdk maven qemu-base" "$(packages 1000 pacman 25)"
says "a system that is not known" "install a JDK of at least 25, Maven and QEMU (qemu-system-x86_64) with this system's package manager" "$(packages 1000 '' 25)"

cat >"$temporary/needed" <<'END'
here=$1
shift
. "$here/setup/qemu.sh"
uname() { echo arm64; }
command() { false; }
find_missing_qemu "$@"
echo "<$missing_qemu>"
END
# shellcheck disable=SC2086 # the shell may be two words
needed() { $shell "$temporary/needed" "$here" "$@"; }
is "run needs this machine's QEMU" "<aarch64>" "$(needed run --name web disk.img)"
is "--dry-run needs none" "<>" "$(needed run --name web --dry-run)"
is "what follows -- is QEMU's" "<aarch64>" "$(needed run -- --help)"
is "qemu needs the one that is named" "<x86_64>" "$(needed qemu qemu-system-x86_64 -h)"
is "a slip of the pen installs nothing" "<>" "$(needed qemu qemu-system-aarch64x -h)"
is "a path is the caller's affair" "<>" "$(needed qemu /opt/qemu/bin/qemu-system-x86_64)"

## other people's checkouts, and sudo

if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null 2>&1; then
    checkout=$temporary/fifth
    make_checkout "$checkout"
    : >"$temporary/maven-runs"
    chmod 666 "$temporary/maven-runs"
    mkdir "$temporary/nobody"
    chown 65534 "$temporary/nobody"
    # shellcheck disable=SC2086 # the shell may be two words
    output=$(env -i PATH="$temporary/bin:$PATH" TMPDIR="$temporary/nobody" JAVA_HOME="$temporary/jdk" \
        setpriv --reuid 65534 --regid 65534 --clear-groups $shell "$checkout/vmlan" mine 2>&1)
    says "somebody else's checkout, no home: the build is in a folder of one's own" \
        "<-cp>
<$temporary/nobody/vmlan-65534/build-" "$output"
    is "and nothing was written into the checkout" no "$([ -e "$checkout/build" ] && echo yes || echo no)"
    rm -rf "$temporary/nobody/vmlan-65534"
    mkdir "$temporary/nobody/vmlan-65534"
    # shellcheck disable=SC2086 # the shell may be two words
    output=$(env -i PATH="$temporary/bin:$PATH" TMPDIR="$temporary/nobody" JAVA_HOME="$temporary/jdk" \
        setpriv --reuid 65534 --regid 65534 --clear-groups $shell "$checkout/vmlan" mine 2>&1; echo "code $?")
    says "a folder of that name that somebody else has made is refused" "code 1" "$output"

    checkout=$temporary/sixth
    make_checkout "$checkout"
    chown -R 65534:65534 "$checkout"
    # shellcheck disable=SC2086 # the shell may be two words
    output=$(env -i PATH="$temporary/bin:$PATH" JAVA_HOME="$temporary/jdk" HOME=/root VMLAN_QEMU=/x SUDO_UID=65534 SUDO_GID=65534 \
        SUDO_USER=nobody $shell "$checkout/vmlan" run 2>&1 </dev/null)
    says "under sudo it starts as the caller" "<run>" "$output"
    for command in start restart; do
        # What the fake Java says of the networks that are needed are lines of its arguments, each taken for a network.
        # shellcheck disable=SC2086 # the shell may be two words
        output=$(env -i PATH="$temporary/bin:$PATH" JAVA_HOME="$temporary/jdk" HOME=/root VMLAN_QEMU=/x SUDO_UID=65534 \
            SUDO_GID=65534 SUDO_USER=nobody $shell "$checkout/vmlan" "$command" web 2>&1 </dev/null)
        says "sudo vmlan $command starts the networks with rights first" "<network>
<start>
" "$output"
        says "and then the VM" "
<$command>
<web>" "$output"
    done
    is "and leaves nothing of root's" "" "$(find "$checkout" -user 0)"
    says "and builds in the caller's checkout" "<$checkout/build/" "$output"

    ## where there is Apple's vmnet, root works for the caller

    : >"$temporary/maven-runs"
    # under_sudo ARGUMENTS…: as if user 65534 had called sudo
    under_sudo() {
        # shellcheck disable=SC2086 # the shell may be two words
        env -i PATH="$temporary/bin:$PATH" JAVA_HOME="$temporary/jdk" HOME=/root VMLAN_QEMU=/x SUDO_UID=65534 \
            SUDO_GID=65534 SUDO_USER=nobody ${with:+"$with"} $shell "$checkout/vmlan" "$@" 2>&1 </dev/null
    }
    with=VMLAN_VMNET_LIBRARY=/x
    output=$(under_sudo network start --who bridged-en0)
    says "vmnet: a network is started by root for the caller" "uid 0 for 65534:65534" "$output"
    says "from the caller's build" "<$checkout/build/" "$output"
    output=$(under_sudo doctor --selftest --who)
    says "vmnet: doctor --selftest, too" "uid 0 for 65534:65534" "$output"
    output=$(under_sudo doctor --who)
    says "vmnet: doctor is the caller's" "uid 65534 for nobody" "$output"
    output=$(under_sudo network ls --who)
    says "vmnet: everything else is the caller's" "uid 65534 for nobody" "$output"
    output=$(under_sudo network autostart --who lab)
    says "vmnet: a daemon is installed by the caller" "uid 65534 for nobody" "$output"
    says "who lets sudo be typed" "<lab>
<--sudo>" "$output"
    # What the fake Java says of the networks that are needed is taken for networks, --who among it.
    output=$(under_sudo start --who web)
    says "vmnet: root starts the networks that a VM needs" "uid 0 for 65534:65534" "$output"
    is "and the caller the VM" "uid 65534 for nobody" "$(printf '%s\n' "$output" | grep '^uid' | tail -n 1)"
    with=''
    output=$(under_sudo doctor --selftest --who)
    says "without vmnet, doctor --selftest is the caller's" "uid 65534 for nobody" "$output"
    is "root built nothing" "" "$(find "$checkout" -user 0)"
    with=VMLAN_OWNER=0:0
    output=$(under_sudo network ls --who)
    says "an owner of the caller's making is no owner" "uid 65534 for nobody" "$output"

    with=VMLAN_OWNER=65534:65534
    checkout=$temporary/third
    output=$(vmlan --who)
    says "a build that root has made of its own checkout runs for others" "<$checkout/build/" "$output"
    checkout=$temporary/fifth
    output=$(vmlan --who; echo "code $?")
    says "without one it is the owner's" "there is no build in $temporary/home/.cache/vmlan/build-" "$output"
    says "and root makes none" "code 1" "$output"
    is "anywhere" no "$([ -e "$temporary/home/.cache/vmlan" ] && echo yes || echo no)"
    with=''
fi

## the shell that waits for a network

mkdir "$temporary/waits"
cat >"$temporary/waits/vmlan" <<'END'
#!/bin/sh
# Ends with the next of the codes; `hold` among them: when it is told to.
here=${0%/*}
echo "$*" >>"$here/calls"
read -r code <"$here/codes"
sed 1d "$here/codes" >"$here/rest"
mv "$here/rest" "$here/codes"
if [ "$code" = hold ]; then
    trap 'echo TERM >>"$here/calls"; kill "$sleeper"; exit 9' TERM
    sleep 600 &
    sleeper=$!
    echo holds >>"$here/calls"
    wait "$sleeper"
fi
exit "$code"
END
chmod +x "$temporary/waits/vmlan"
# waits CODE…: how the shell ends where the network's processes end so, and what these were called with
waits() {
    printf '%s\n' "$@" >"$temporary/waits/codes"
    : >"$temporary/waits/calls"
    # shellcheck disable=SC2086 # the shell may be two words
    env ${with:+"$with"} $shell "$here/setup/open-network.sh" "$temporary/waits/vmlan" lab "$temporary/waits/undo" \
        ${options:+"$options"} >/dev/null 2>&1 </dev/null
    echo "code $?"
    cat "$temporary/waits/calls"
}
with=VMLAN_VMNET_LIBRARY=/x
options=--some=thing
: >"$temporary/waits/undo"
is "vmnet: no opener; 75 is a new start, and nothing has to be taken back" "code 3
network serve lab --some=thing
network serve lab --some=thing" "$(waits 75 3)"
is "vmnet: one that could be had before is tried again, one that never could is not" "code 0
network serve lab --some=thing
network serve lab --some=thing
network serve lab --some=thing
code 1
network serve lab --some=thing" "$(waits 75 1 0 && waits 1 0)"
(waits hold >"$temporary/waits/said") &
until_true 60 grep -q holds "$temporary/waits/calls"
# the shell that waits, and nobody else, as launchd does
kill "$(pgrep -f "open-network.sh $temporary/waits/vmlan" | head -n 1)"
wait
is "vmnet: who ends the shell ends the network" "code 9
network serve lab --some=thing
holds
TERM" "$(cat "$temporary/waits/said")"
if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null 2>&1; then
    with=''
    is "Linux: the opener, what it takes back, and the opener again" "code 4
network open lab --some=thing
network close lab
network open lab --again --some=thing
network close lab" "$(waits 75 0 4 0)"
fi
with=''

## sudo of macOS

mkdir "$temporary/mac"
cat >"$temporary/mac/sudo" <<'END'
#!/bin/sh
case $* in
'-u #501 getconf DARWIN_USER_TEMP_DIR') echo /var/folders/zz/ada/T/ ;;
*) printf '<%s>' "$@" ;;
esac
END
chmod +x "$temporary/mac/sudo"
cat >"$temporary/mac/caller" <<'END'
here=$1
SUDO_UID=501 SUDO_GID=20 SUDO_USER=ada
uname() { echo Darwin; }
id() { echo nobody; }
command() { false; }
. "$here/setup/sudo.sh"
has_vmnet && echo vmnet
caller_environment
echo "$TMPDIR"
exec_as_caller /vmlan ps
END
# shellcheck disable=SC2086 # the shell may be two words
output=$(env -i PATH="$temporary/mac:$PATH" $shell "$temporary/mac/caller" "$here" 2>&1)
says "macOS: the caller's temporary folder is asked for" "vmnet
/var/folders/zz/ada/T/
" "$output"
says "and handed over with the rest" "<-u><#501><env>" "$output"
says "by name" "<TMPDIR=/var/folders/zz/ada/T/>" "$output"
# shellcheck disable=SC2086 # the shell may be two words
output=$(env -i PATH="$temporary/mac:$PATH" TMPDIR=/mine $shell "$temporary/mac/caller" "$here" 2>&1)
says "macOS: a temporary folder that is said stays" "vmnet
/mine
" "$output"
checkout=$temporary/co:lon
make_checkout "$checkout"
output=$(with=XDG_CACHE_HOME=$temporary/cache && vmlan)
says "a path with a colon is no class path: the build is in the cache" "<$temporary/cache/vmlan/build-" "$output"
rm -rf "$checkout"
checkout=$temporary/co:lumn
make_checkout "$checkout"
(with=XDG_CACHE_HOME=$temporary/cache && vmlan >/dev/null)
is "the cache forgets a checkout that is gone" "$checkout" "$(cat "$temporary/cache/vmlan"/build-*/checkout)"

## the QEMUs of ./dev test

for generation in 7 10; do
    eval "folder=\${VMLAN_TEST_QEMU_$generation-}"
    [ -n "$folder" ] || continue
    says "QEMU $generation" "version $generation." "$("$folder/qemu-system-$(uname -m | sed 's/arm64/aarch64/')" --version)"
done

printf '%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" = 0 ]
