# shellcheck shell=sh
# Finds a Java. The `release` file says the version, so no Java has to be started to be asked.

java_needed=25

# java_version FOLDER: the feature release of the Java there (17, 25 …), nothing if there is none
java_version() {
    [ -x "$1/bin/java" ] && [ -r "$1/release" ] || return 1
    while IFS= read -r java_line; do
        case $java_line in
        JAVA_VERSION=*)
            java_line=${java_line#JAVA_VERSION=}
            java_line=${java_line#\"}
            printf '%s\n' "${java_line%%[!0-9]*}"
            return
            ;;
        esac
    done <"$1/release"
    return 1
}

# Newline-separated; folders that do not exist are harmless. java_home is not asked on macOS: it would start a Java
# installer's window where there is none.
java_candidates() {
    [ -z "${JAVA_HOME-}" ] || printf '%s\n' "$JAVA_HOME"
    for java_candidate in /usr/lib/jvm/* /usr/java/* /opt/* /opt/java/* /opt/*/Contents/Home \
        "${HOME-/nonexistent}"/.sdkman/candidates/java/* "${HOME-/nonexistent}"/.jdks/* \
        "${HOME-/nonexistent}"/.local/share/mise/installs/java/* \
        "${HOME-/nonexistent}"/Library/Java/JavaVirtualMachines/*/Contents/Home \
        /Library/Java/JavaVirtualMachines/*/Contents/Home \
        /opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home /usr/local/opt/openjdk*/libexec/openjdk.jdk/Contents/Home \
        /home/linuxbrew/.linuxbrew/opt/openjdk*/libexec; do
        [ ! -f "$java_candidate/release" ] || printf '%s\n' "$java_candidate"
    done
    if java_candidate=$(command -v java); then
        while [ -L "$java_candidate" ]; do
            java_link=$(readlink "$java_candidate")
            case $java_link in
            /*) java_candidate=$java_link ;;
            *) java_candidate=${java_candidate%/*}/$java_link ;;
            esac
        done
        printf '%s\n' "${java_candidate%/bin/java}"
    fi
}

# find_java PROGRAM: the folder of the first Java that is new enough and has bin/PROGRAM (java to run, javac to build)
find_java() {
    # the reader stops at the first that fits; a writer that is told so (SIGPIPE may be ignored here) shall not complain
    java_candidates 2>/dev/null | while IFS= read -r java_folder; do
        java_found=$(java_version "$java_folder") || continue
        if [ "${java_found:-0}" -ge "$java_needed" ] && [ -x "$java_folder/bin/$1" ]; then
            printf '%s\n' "$java_folder"
            break
        fi
    done | grep .
}
