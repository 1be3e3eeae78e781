# shellcheck shell=sh
# shellcheck disable=SC2154 # here, java_home: set by ./dev and maven.sh
# ./dev test: the whole suite. What its tests need of the machine is listed here, and nowhere else.

. "$here/setup/dev/maven.sh"

dev_test() {
    test_machine=$(uname -m)
    [ "$test_machine" != arm64 ] || test_machine=aarch64
    developer_things="jdk maven qemu-$test_machine"
    # a LAN of network namespaces with a DHCP server, TCP peers and an access point's filter; other shells for the tests
    # of the scripts
    [ "$(uname -s)" != Linux ] ||
        developer_things="$developer_things dnsmasq ip tc ping nft socat tcpdump gcc setpriv ps busybox git"
    for_developers test "$@"

    export_qemu 7 bookworm
    export_qemu 10 trixie

    test_log=$here/target/dev-test.log
    mkdir -p "$here/target" || fail "nothing can be written in $here/target" "whose is it? ls -ld $here/target"
    test_begin=$here/target/dev-test.begin
    rm -f "$test_begin"
    : >"$test_begin"
    test_from=$(date +%s)
    test_alongside "$@"

    { maven -Perrorprone --fail-at-end verify ${test_also:+"$test_also"} -Dsurefire.failIfNoSpecifiedTests=false "$@" 2>&1
        echo $? >"$here/target/dev-test.code"
    } | tee "$test_log" | readable_output
    test_code=$(cat "$here/target/dev-test.code")
    test_took=$(($(date +%s) - test_from))
    test_word=good
    [ "$test_code" = 0 ] || test_word=FAILED
    printf '\n%s, in %d min %d s; all of the output is in target/dev-test.log\n' \
        "$test_word" $((test_took / 60)) $((test_took % 60))
    test_totals
    return "$test_code"
}

# export_qemu GENERATION SUITE: the installed QEMU where it is of that generation, otherwise one that is unpacked
export_qemu() {
    eval "test_given=\${VMLAN_TEST_QEMU_$1-}"
    if [ -z "$test_given" ]; then
        test_installed=$(command -v "qemu-system-$test_machine") || test_installed=''
        case $("${test_installed:-false}" --version 2>/dev/null) in
        *"version $1."*) test_given=${test_installed%/*} ;;
        *) test_given=$(sh "$here/setup/qemu-from-suite.sh" "$2" "$test_machine") || exit 1 ;;
        esac
        eval "VMLAN_TEST_QEMU_$1=\$test_given"
    fi
    export "VMLAN_TEST_QEMU_$1"
    say "QEMU $1: $test_given"
}

# One module alone needs those it is made of.
test_alongside() {
    test_also=''
    for argument; do
        case $argument in
        -pl | -pl?* | --projects*) test_also=-am ;;
        esac
    done
}

# The sum over the modules, in Surefire's words, as the last line.
test_totals() {
    find "$here" -path '*/target/surefire-reports/TEST-*.xml' -newer "$test_begin" -exec sed -n '/<testsuite /{p;q;}' {} \; |
        awk '
            function attribute(name) { return match($0, " " name "=\"[0-9]+\"") ? substr($0, RSTART + length(name) + 3, RLENGTH - length(name) - 4) : 0 }
            { tests += attribute("tests"); failures += attribute("failures"); errors += attribute("errors"); skipped += attribute("skipped") }
            END { printf "Tests run: %d, Failures: %d, Errors: %d, Skipped: %d\n", tests, failures, errors, skipped }'
}
