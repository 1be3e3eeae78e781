# shellcheck shell=sh
# shellcheck disable=SC2154,SC2034 # here, docs_help …: set and used by ./dev, maven.sh, docs.sh
# ./dev check: all that needs no guest, in a minute or two. Every check runs, so that one start shows all there is.

. "$here/setup/dev/maven.sh"

dev_check() {
    developer_things='jdk maven shellcheck'
    for_developers check "$@"
    . "$here/setup/dev/docs.sh"
    check_failed=''
    check_temporary=$(mktemp -d "${TMPDIR:-/tmp}/vmlan-check.XXXXXX") || exit 1
    docs_help=$check_temporary
    trap 'rm -rf "$check_temporary"' EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
    checking "scripts" check_scripts
    checking "format" check_format
    checking "Error Prone and ArchUnit" check_code
    checking "docs" check_docs
    [ -z "$check_failed" ] || fail "not in order:$check_failed" "mend what is said above"
    say "all in order"
}

# checking NAME COMMAND
checking() {
    checking_from=$(date +%s)
    if "$2"; then
        say "$1: good ($(($(date +%s) - checking_from)) s)"
    else
        check_failed="$check_failed${check_failed:+,} $1"
    fi
}

check_scripts() {
    (cd "$here" && shellcheck -x -P SCRIPTDIR -P . vmlan dev .ci/run setup/*.sh setup/dev/*.sh setup/test/*.sh)
}

check_format() {
    maven -q spotless:check >"$check_temporary/format" 2>&1 && return
    sed -n -e '/-> \[Help 1\]/q' -e "/^\[ERROR\] Run 'mvn/q" -e 's/^\[ERROR\] //p' "$check_temporary/format" >&2
    say "./dev format mends it"
    return 1
}

# The compiler runs with Error Prone; of the tests only those named Architecture…, and there must be one. What was
# compiled without Error Prone would not be compiled again, so the classes go first.
check_code() {
    for check_module in packet network host qemu program tests; do
        rm -rf "$here/$check_module/target/classes" "$here/$check_module/target/test-classes"
    done
    rm -f "$check_temporary/begin"
    : >"$check_temporary/begin"
    if ! maven -Perrorprone test -Dtest='*Architecture*' -Dsurefire.failIfNoSpecifiedTests=false >"$check_temporary/code" 2>&1; then
        readable_output <"$check_temporary/code" >&2
        return 1
    fi
    if [ -z "$(find "$here" -path '*/target/surefire-reports/TEST-*Architecture*.xml' -newer "$check_temporary/begin")" ]; then
        say "no test named Architecture… has run: the rules of the modules are not checked"
        return 1
    fi
}
