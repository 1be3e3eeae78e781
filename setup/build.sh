# shellcheck shell=sh
# shellcheck disable=SC2154 # here, build, id: set by ./vmlan
# Builds vmlan: sources are copied into the build folder, Maven runs there (never in the checkout), and the result is
# a folder of its own, build/ID, that appears whole by one rename. `build/current` names the newest. Older ones stay
# while a process uses them: a network that runs goes on with the jars it started from.

. "$here/setup/places.sh"
. "$here/setup/lock.sh"
. "$here/setup/java.sh"
. "$here/setup/packages.sh"

# Called by ./vmlan where the short way found something amiss. Afterwards build/current can be started.
prepare() {
    if [ -n "${VMLAN_NO_BUILD-}" ]; then
        fail "there is no build in $build, and VMLAN_NO_BUILD is set" "start $here/vmlan --version once without it"
    fi
    trap build_ended EXIT
    trap 'exit 129' HUP
    trap 'exit 130' INT
    trap 'exit 143' TERM
    build_new=''
    build_locked=''
    build_detail=''
    mkdir -p "$build" 2>/dev/null || fail "the folder $build cannot be made" "set XDG_CACHE_HOME to a folder that can be written"
    lock_take "$build/lock" 900 || fail "another vmlan has been building for a quarter of an hour" \
        "look what holds it up (ps), end it, and start again; or remove $build"
    build_locked=1
    # while this one waited, the other may have built
    if ! read_build || ! unchanged; then
        build_what_changed
    fi
    build_ended
    trap - EXIT HUP INT TERM
    [ -z "$missing_qemu" ] || need "qemu-$missing_qemu"
    [ -z "$missing_ip" ] || need "$missing_ip"
}

build_ended() {
    progress_over
    # a build that was interrupted ends with us; an installation of packages is better left to end by itself
    [ -z "$watched_child" ] || [ -z "$build_new" ] || kill "$watched_child" 2>/dev/null
    [ -z "$build_new" ] || rm -rf "$build_new"
    [ -z "$build_locked" ] || lock_release
    build_locked=''
}

build_what_changed() {
    build_started=$(date +%s)
    rm -f "$build/stamp.new"
    : >"$build/stamp.new" || fail "nothing can be written in $build" "make room, or set VMLAN_HOME to another folder"
    build_sources=$(sources_sum)
    if [ -n "$id" ] && [ -d "$build/$id/lib" ] && [ "$build_sources" = "$(cat "$build/$id/sources" 2>/dev/null)" ]; then
        # touched and not changed, or another Java
        choose_java || need jdk
        choose_java
        train_again "$build/$id"
        mv -f "$build/stamp.new" "$build/$id/stamp"
        return
    fi
    # shellcheck disable=SC2086 # no word or one
    need jdk maven ${missing_qemu:+qemu-$missing_qemu}
    missing_qemu=''
    java_home=$(find_java javac)
    id=$(date -u +%Y%m%d-%H%M%S)-$$
    build_new=$build/new-$id
    build_one
    build_new=''
    say "built in $(($(date +%s) - build_started)) s"
    prune_builds
}

# Keeps the Java that was used before as long as it is there and new enough; a JRE is enough to run.
choose_java() {
    if java_is=$(java_version "${java_home:-/nonexistent}") && [ "$java_is" -ge "$java_needed" ]; then
        return
    fi
    java_home=$(find_java javac || find_java java)
}

build_one() {
    # left by builds that were killed; a Maven of theirs that is still running writes where nobody looks
    rm -rf "$build"/new-* "$build"/work-* 2>/dev/null
    mkdir "$build_new" || fail "nothing can be written in $build" "make room, or set VMLAN_HOME to another folder"
    work=$build/work-$id
    # what the last good build compiled is kept, so that a change of one file is quick
    [ ! -d "$build/work" ] || mv "$build/work" "$work"
    copy_sources
    if [ -f "$build/current" ]; then
        [ -t 2 ] || say "building, because the sources changed"
        build_text="building"
    else
        [ -t 2 ] || say "building for the first use (about half a minute, with a slow network longer)"
        build_text="building for the first use"
    fi
    build_detail=1
    if ! watched "$build_text" run_maven; then
        rm -rf "$work"
        show_build_errors
    fi
    build_detail=''
    if ! mkdir "$build_new/lib" ||
        ! cp "$work"/program/target/lib/*.jar "$work"/program/target/vmlan-program-*.jar "$build_new/lib/"; then
        fail "the build made no program" "read $build/build.log"
    fi
    jar_names "$build_new/lib" >"$build_new/classpath"
    printf '%s\n' "$build_sources" >"$build_new/sources"
    watched "$build_text (start-up cache)" train "$build_new"
    if ! mv "$build/stamp.new" "$build_new/stamp" || ! mv "$build_new" "$build/$id" ||
        ! printf '%s\n' "$id" >"$build/current.new" || ! mv -f "$build/current.new" "$build/current"; then
        fail "the build cannot be put in place in $build" "make room there and start again"
    fi
    mv "$work" "$build/work"
}

# One line, as the class path has them: a:b:c. Ours first, because most classes are there.
jar_names() {
    jar_line=''
    for jar in "$1"/vmlan-*.jar "$1"/*.jar; do
        case :$jar_line: in
        *:"${jar##*/}":*) ;;
        *) jar_line=$jar_line${jar_line:+:}${jar##*/} ;;
        esac
    done
    printf '%s\n' "$jar_line"
}

main_sources() {
    printf '%s\n' pom.xml .mvn setup/picocli/pom.xml
    for module in packet network host qemu program; do
        printf '%s\n' "$module/pom.xml" "$module/src/main"
    done
}

# One number for the content of everything a build depends on; what editors leave lying about does not count.
sources_sum() {
    (
        cd "$here" || exit
        # shellcheck disable=SC2046 # a list of words
        find vmlan setup/*.sh $(main_sources) -type f ! -name '.*' ! -name '*~' -exec cksum {} +
    ) | LC_ALL=C sort | cksum
}

# The sum is the copy's: an edit while copying makes it copy again.
copy_sources() {
    for attempt in 1 2 3 4 5; do
        for module in packet network host qemu program tests; do
            rm -rf "$work/$module/src" "$work/$module/target/lib"
            mkdir -p "$work/$module/src" || fail "nothing can be written in $work" "make room there"
            rm -f "$work/$module/target"/*.jar
            cp "$here/$module/pom.xml" "$work/$module/" || fail "$here/$module/pom.xml cannot be read" "is this checkout complete? git status"
            [ "$module" = tests ] || cp -Rp "$here/$module/src/main" "$work/$module/src/"
        done
        rm -rf "$work/.mvn"
        mkdir -p "$work/setup/picocli"
        rm -f "$work/setup/picocli/target"/*.jar
        cp -R "$here/pom.xml" "$here/.mvn" "$work/"
        cp -p "$here/setup/picocli/pom.xml" "$work/setup/picocli/"
        build_after=$(sources_sum)
        [ "$build_sources" != "$build_after" ] || return 0
        build_sources=$build_after
        rm -f "$build/stamp.new"
        : >"$build/stamp.new"
    done
    fail "the sources keep changing (seen $attempt times)" "start again when they have come to rest"
}

# Maven 3.8 runs on Java 25 with these two options only, without complaints from its own libraries.
run_maven() {
    cd "$work" || return
    JAVA_HOME=$java_home
    MAVEN_OPTS="${MAVEN_OPTS-} --sun-misc-unsafe-memory-access=allow --enable-native-access=ALL-UNNAMED"
    export JAVA_HOME MAVEN_OPTS
    set -- mvn -Dstyle.color=never -DskipTests -pl program -am package
    # Maven's own place for libraries is the home folder that the system names, whatever $HOME says
    if command -v getent >/dev/null 2>&1; then
        maven_home=$(getent passwd "$(id -u)" | cut -d: -f6)/.m2
    else
        maven_home=${HOME-/nonexistent}/.m2
    fi
    if ! mkdir -p "$maven_home/repository" 2>/dev/null || [ ! -w "$maven_home/repository" ]; then
        set -- "$@" "-Dmaven.repo.local=$(cache_folder)/m2"
    fi
    exec "$@" >"$build/build.log" 2>&1
}

# [INFO] Building vmlan-network 0.1.0-SNAPSHOT     [3/6]
watched_detail() {
    [ -z "$build_detail" ] || sed -n 's/^\[INFO\] Building vmlan-\([a-z]*\) .*\[\([0-9]*\)\/\([0-9]*\)\]$/: \1 (\2 of \3)/p' \
        "$build/build.log" 2>/dev/null | tail -n 1
}

# The first lines of what Maven calls errors, once each, with the paths of the checkout instead of the copy.
show_build_errors() {
    grep '^\[ERROR\]' "$build/build.log" | sed -e 's/^\[ERROR\] *//' -e 's/ *-> \[Help [0-9]*\]$//' \
        -e '/^\[/d' -e '/^$/d' -e '/[Rr]e-run Maven/d' -e '/^For more information/d' -e '/^After correcting/d' \
        -e '/^mvn <args>/d' -e '/^COMPILATION ERROR/d' -e '/^Failed to execute goal.*Compilation failure/d' |
        awk '!seen[$0]++ && ++shown <= 15' |
        while IFS= read -r error_line; do
            case $error_line in
            *"$work/"*) error_line=${error_line%%"$work/"*}${error_line#*"$work/"} ;;
            esac
            printf '    %s\n' "$error_line" >&2
        done
    if grep -q -e 'Could not transfer' -e 'Unknown host' -e 'No route to host' "$build/build.log"; then
        fail "the build failed: libraries could not be fetched" \
            "check the network; a proxy goes into ~/.m2/settings.xml; all of Maven's output is in $build/build.log"
    fi
    fail "the build failed" "mend what is said above; all of Maven's output is in $build/build.log"
}

# The start-up caches (JEP 483, 514): classes as a first run left them, one of the commands and one of a network's
# process, because a start loads all that is in its cache. Only a saving: without it a start takes longer. The flags are
# those of ./vmlan, because the cache is made for them. The jars' time stamps are part of it: they are not touched any
# more after this, and the folder may move. The two run at once: the commands ask the network.
train() {
    IFS= read -r train_jars <"$1/classpath"
    train_path=$(printf '%s' "$train_jars" | tr ':' '\n' | while IFS= read -r train_jar || [ -n "$train_jar" ]; do
        printf ':%s' "$1/lib/$train_jar"
    done)
    train_path=${train_path#:}
    train_one "$1" network -Xmx128m -XX:MaxDirectMemorySize=640m &
    train_network=$!
    train_one "$1" commands -Xmx512m -XX:TieredStopAtLevel=1
    wait "$train_network"
    rm -rf "$1/training" "$1"/training-*
    printf '%s\n' "$java_home" >"$1/java.new" && mv -f "$1/java.new" "$1/java"
    java_identity >"$1/trained"
}

# train_one BUILD commands|network FLAG…
train_one() {
    train_build=$1
    train_what=$2
    shift 2
    if ! VMLAN_HOME="$train_build/training" within 90 "$java_home/bin/java" \
        "-XX:AOTCacheOutput=$train_build/training-$train_what.aot" "$@" -XX:-UsePerfData -XX:+UseSerialGC \
        -Xlog:disable -Xlog:all=warning:stderr --enable-native-access=ALL-UNNAMED \
        --sun-misc-unsafe-memory-access=allow "-Dvmlan.launcher=$here/vmlan" -cp "$train_path" \
        vmlan.program.AotTraining "$train_what" >>"$build/build.log" 2>&1 ||
        ! mv -f "$train_build/training-$train_what.aot" "$train_build/$train_what.aot" 2>/dev/null; then
        echo "The training run for the start-up cache of $train_what failed: vmlan works, and starts slower." >>"$build/build.log"
        rm -f "$train_build/$train_what.aot"
    fi
}

java_identity() {
    printf '%s %s\n' "$java_home" "$(cksum <"$java_home/release")"
}

train_again() {
    [ "$(java_identity)" != "$(cat "$1/trained" 2>/dev/null)" ] || return 0
    watched "getting used to another Java" train "$1"
}

# Keeps the newest two, and every build that a process was started from. In a cache also builds of checkouts go that
# are gone themselves.
prune_builds() {
    if [ "$build" != "$here/build" ]; then
        printf '%s\n' "$here" >"$build/checkout"
        for prune_other in "${build%-*}"-*/checkout; do
            { IFS= read -r prune_checkout <"$prune_other"; } 2>/dev/null || continue
            [ -e "$prune_checkout/vmlan" ] || rm -rf "${prune_other%/checkout}"
        done
    fi
    prune_kept=0
    for prune_id in $(printf '%s\n' "$build"/2[0-9]*-*-* | sed 's/.*\///' | LC_ALL=C sort -r); do
        prune_kept=$((prune_kept + 1))
        [ "$prune_kept" -le 2 ] || build_in_use "$prune_id" || rm -rf "${build:?}/$prune_id"
    done
}

build_in_use() {
    if [ -r /proc/self/cmdline ]; then
        # the pattern by standard input: grep would find itself otherwise
        # shellcheck disable=SC2062 # a list of files
        printf '/%s/lib/' "$1" | grep -q -s -F -f - /proc/[0-9]*/cmdline
    else
        prune_processes=$(ps -A -ww -o command= 2>/dev/null) || return 0
        case $prune_processes in
        *"/$1/lib/"*) ;;
        *) return 1 ;;
        esac
    fi
}
