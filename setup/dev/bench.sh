# shellcheck shell=sh
# shellcheck disable=SC2154 # here: set by ./dev
# ./dev bench nat: our NAT, passt and slirp4netns, side by side. It makes network namespaces, so it is root's.

. "$here/setup/dev/maven.sh"

bench_usage="./dev bench nat [--rounds 3] [--seconds 4] [--nats vmlan,passt,slirp4netns] [--mtus 1500,65520] [--no-profile]"

dev_bench() {
    bench_what=${1-}
    [ $# = 0 ] || shift
    [ "$bench_what" = nat ] || fail "there is no benchmark '$bench_what'" "$bench_usage"
    [ "$(uname -s)" = Linux ] || fail "the benchmark needs network namespaces, and this is $(uname -s)" "run it on Linux"
    [ "$(id -u)" = 0 ] || fail "the benchmark makes network namespaces" "sudo ./dev bench nat"
    bench_properties=''
    bench_nats=vmlan,passt,slirp4netns
    while [ $# -gt 0 ]; do
        case $1 in
        --rounds | --seconds | --mtus)
            [ $# -gt 1 ] || fail "$1 needs a value" "$bench_usage"
            bench_properties="$bench_properties -Dbench.${1#--}=$2"
            shift
            ;;
        --nats)
            [ $# -gt 1 ] || fail "$1 needs a value" "$bench_usage"
            bench_nats=$2
            shift
            ;;
        --no-profile) bench_properties="$bench_properties -Dbench.noprofile=true" ;;
        *) fail "what is $1?" "$bench_usage" ;;
        esac
        shift
    done
    developer_things="jdk maven gcc ip iperf3 setpriv busybox"
    for bench_nat in passt slirp4netns; do
        case ,$bench_nats, in
        *",$bench_nat,"*) developer_things="$developer_things $bench_nat" ;;
        esac
    done
    for_developers bench
    # shellcheck disable=SC2086 # words without blanks
    maven -q test -pl tests -am -Dtest=NatBenchmark -Dsurefire.failIfNoSpecifiedTests=false \
        -Dbench.nats="$bench_nats" $bench_properties 2>&1 | readable_output
}
