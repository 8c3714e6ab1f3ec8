#!/bin/sh
# Installs the named Debian packages that are not there yet.  Needs root, or sudo.
set -eu
missing=
for package in "$@"; do
    dpkg-query -W -f '${db:Status-Status}\n' "$package" 2>/dev/null | grep -q '^installed$' ||
        missing="$missing $package"
done
[ -z "$missing" ] && exit 0
if ! command -v apt-get >/dev/null; then
    echo "remnant: no apt-get here; install the equivalents of:$missing" >&2
    exit 1
fi
run=
if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null ||
        { echo "remnant: run as root (or install sudo) to install:$missing" >&2; exit 1; }
    run=sudo
fi
echo "installing:$missing"
$run apt-get update -q
# shellcheck disable=SC2086
$run env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $missing
