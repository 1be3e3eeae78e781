# shellcheck shell=sh
# shellcheck disable=SC2154 # here: set by ./dev
# What the commands of ./dev share: a machine with what they need, and Maven on the Java that was found.

. "$here/setup/places.sh"
. "$here/setup/java.sh"
. "$here/setup/packages.sh"

# for_developers COMMAND ARGUMENTS: what $developer_things lists is there afterwards. Under sudo root installs them and the
# caller goes on, so that target/ does not belong to root.
for_developers() {
    developer_command=$1
    shift
    if [ -n "${SUDO_UID-}" ] && [ "$SUDO_UID" != 0 ] && [ "$(id -u)" = 0 ]; then
        . "$here/setup/sudo.sh"
        caller_environment
        # shellcheck disable=SC2086 # a list of words
        need $developer_things
        exec_as_caller "$here/dev" "$developer_command" "$@"
    fi
    # shellcheck disable=SC2086 # a list of words
    need $developer_things
    java_home=$(find_java javac)
}

maven() {
    (
        cd "$here" || exit
        JAVA_HOME=$java_home
        MAVEN_OPTS="${MAVEN_OPTS-} --sun-misc-unsafe-memory-access=allow --enable-native-access=ALL-UNNAMED"
        export JAVA_HOME MAVEN_OPTS
        exec mvn -Dstyle.color=never "$@" </dev/null
    )
}

# Maven's output, less what says that nothing special happened. Line by line in the shell, because awk and sed would
# hold lines back until a block is full.
readable_output() {
    while IFS= read -r readable_line; do
        case $readable_line in
        '[INFO] Building vmlan'*'['*'/'*']') printf '\n%s\n' "$(echo "${readable_line#\[INFO\] Building }" | tr -s ' ')" ;;
        '[INFO] Tests run:'*' -- in '*)
            readable_count=${readable_line#*Tests run: }
            readable_time=${readable_line#*Time elapsed: }
            printf '  ok %5s  %s  (%s)\n' "${readable_count%%,*}" "${readable_line##* -- in }" "${readable_time%% -- *}"
            ;;
        *'[INFO]'*) ;;
        '[WARNING] *'*) ;; # a box of asterisks about a library without a module name
        '[ERROR] ' | '[ERROR] To see the full'* | '[ERROR] Re-run Maven'* | '[ERROR] For more information'* | \
            '[ERROR] [Help'* | '[ERROR] -> [Help'* | '[ERROR] After correcting'* | '[ERROR]   mvn <args>'*) ;;
        *) printf '%s\n' "$readable_line" ;;
        esac
    done
}
