# shellcheck shell=sh
# shellcheck disable=SC2154 # here: set by ./dev

. "$here/setup/dev/maven.sh"

dev_format() {
    developer_things='jdk maven'
    for_developers format "$@"
    maven -q spotless:apply "$@"
}
