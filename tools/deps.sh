#!/usr/bin/env bash
# Installs the Debian packages of packages.txt that are missing: as root, or through sudo. Says what it does; does nothing when all are there.
# SPDX-License-Identifier: Apache-2.0
set -euo pipefail
cd "$(dirname "$0")/.."
missing=()
while read -r p; do
	[ -z "$p" ] && continue
	s=$(dpkg-query -W -f='${db:Status-Status}' "$p" 2>/dev/null || true)
	[ "$s" = installed ] || missing+=("$p")
done <packages.txt
if [ ${#missing[@]} -eq 0 ]; then
	[ "${1:-}" = -q ] || echo "deps: all $(grep -c . packages.txt) packages are installed"
	exit 0
fi
sudo=
if [ "$(id -u)" != 0 ]; then
	if ! command -v sudo >/dev/null; then
		echo "deps: need root to install: ${missing[*]}; run as root: apt-get install ${missing[*]}" >&2
		exit 3
	fi
	sudo=sudo
fi
echo "deps: installing with ${sudo:+sudo }apt-get: ${missing[*]}"
apt() { $sudo env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 -qq "$@"; }
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! { apt update && apt install -y --no-install-recommends "${missing[@]}"; } >"$log" 2>&1; then
	tail -n 5 "$log" >&2
	echo "deps: apt-get failed; install by hand: ${missing[*]}" >&2
	exit 3
fi
echo "deps: done"
