# shellcheck shell=sh
# shellcheck disable=SC2154 # here, java_home: set by ./dev and maven.sh
# ./dev test: the whole suite. What its tests need of the machine is listed here, and nowhere else.

. "$here/setup/dev/maven.sh"

dev_test() {
    test_machine=$(uname -m)
    [ "$test_machine" != arm64 ] || test_machine=aarch64
    developer_things="jdk maven qemu-$test_machine"
    # shells that complete, and what reads the pages and the configuration that are made
    developer_things="$developer_things bash zsh fish mandoc ssh"
    # a LAN of network namespaces with a DHCP server, TCP peers and an access point's filter; who asks it for names;
    # other shells for the tests of the scripts; a session that VMs start with
    [ "$(uname -s)" != Linux ] ||
        developer_things="$developer_things dnsmasq dig ip tc ping traceroute curl iperf3 nft socat tcpdump gcc setpriv ps busybox git systemd-analyze"
    # disks that boot by BIOS and UEFI, and who else reads a seed
    [ "$(uname -s)" != Linux ] ||
        developer_things="$developer_things uefi-x86_64 uefi-aarch64 grub-bios grub-efi mcopy mke2fs xorriso"
    for_developers test "$@"

    export_qemu 7 bookworm "$test_machine"
    export_qemu 10 trixie "$test_machine"
    # guests of another architecture than the machine's
    export_qemu 7 bookworm aarch64 _AARCH64
    export_qemu 10 trixie aarch64 _AARCH64

    test_log=$here/target/dev-test.log
    mkdir -p "$here/target" || fail "nothing can be written in $here/target" "whose is it? ls -ld $here/target"
    test_begin=$here/target/dev-test.begin
    rm -f "$test_begin"
    : >"$test_begin"
    test_from=$(date +%s)
    test_alongside "$@"

    # a module's failed test keeps no other module's tests from running: what failed is told from the log at the end
    { maven -Perrorprone --fail-at-end verify ${test_also:+"$test_also"} -Dmaven.test.failure.ignore=true \
        -Dsurefire.failIfNoSpecifiedTests=false "$@" 2>&1
        echo $? >"$here/target/dev-test.code"
    } | tee "$test_log" | readable_output
    test_code=$(cat "$here/target/dev-test.code")
    # Surefire's words for failed tests, and for a process of tests that crashed or did not end
    ! grep -q '^\[ERROR\]' "$test_log" || [ "$test_code" != 0 ] || test_code=1
    test_took=$(($(date +%s) - test_from))
    test_word=good
    [ "$test_code" = 0 ] || test_word=FAILED
    printf '\n%s, in %d min %d s; all of the output is in target/dev-test.log\n' \
        "$test_word" $((test_took / 60)) $((test_took % 60))
    test_totals
    return "$test_code"
}

# export_qemu GENERATION SUITE MACHINE [_NAME]: the installed QEMU where it is of that generation, otherwise one that is
# unpacked; in a variable whose name ends so
export_qemu() {
    test_variable=VMLAN_TEST_QEMU_$1${4-}
    eval "test_given=\${$test_variable-}"
    if [ -z "$test_given" ]; then
        test_installed=$(command -v "qemu-system-$3") || test_installed=''
        case $("${test_installed:-false}" --version 2>/dev/null) in
        *"version $1."*) test_given=${test_installed%/*} ;;
        *) test_given=$(sh "$here/setup/qemu-from-suite.sh" "$2" "$3") || exit 1 ;;
        esac
        eval "$test_variable=\$test_given"
    fi
    # shellcheck disable=SC2163 # the variable that it names
    export "$test_variable"
    say "QEMU $1 for $3: $test_given"
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
