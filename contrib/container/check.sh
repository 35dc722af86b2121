#!/bin/sh
# Follows the Containerfile where there is no builder: each stage in a Debian
# root of debootstrap's, each instruction as a builder would do it; then the
# container's command runs as its user, is found healthy, judges a message and
# ends when it is told to. Needs root, debootstrap and the network.
#
#   sh contrib/container/check.sh [DIRECTORY]    (default: a scratch one)
#
# MIRROR=URL is where Debian comes from.
set -eu
top=$(cd "$(dirname "$0")/../.." && pwd)
file=$top/contrib/container/Containerfile
work=${1:-$(mktemp -d)}
mirror=${MIRROR:-http://deb.debian.org/debian}
mkdir -p "$work"
stage=
user=root
daemon=
unmount() {
	for root in "$work"/stage.*; do
		for place in dev proc; do
			! mountpoint -q "$root/$place" || umount "$root/$place"
		done
	done
}
trap '[ -z "$daemon" ] || kill "$daemon" 2>/dev/null; unmount' EXIT

within() { # user, command
	chroot "$stage" setpriv --reuid="$1" --regid="$1" --clear-groups \
		env -i PATH=/usr/local/bin:/usr/bin:/usr/sbin:/bin:/sbin HOME=/ \
		${environment:-} sh -c "$2"
}
from() { # image, [as name]
	suite=trixie
	case $1 in
	debian:13-slim) ;;
	*) echo "FROM $1: this script knows debian:13-slim"; exit 1 ;;
	esac
	stage=$work/stage.${3:-last}
	environment=
	user=root
	[ -x "$stage/bin/sh" ] ||
		debootstrap --variant=minbase $suite "$stage" "$mirror" >/dev/null
	cp /etc/resolv.conf /etc/hosts "$stage/etc/"
	mount -t proc proc "$stage/proc"
	mount --bind /dev "$stage/dev"
}
copy() { # [--from=name] what where
	source=$top
	case $1 in
	--from=*)
		source=$work/stage.${1#--from=}
		shift
		;;
	esac
	case $2 in
	*/) mkdir -p "$stage$2" ;;
	*) mkdir -p "$(dirname "$stage$2")" ;;
	esac
	if [ "$1" = . ]; then
		mkdir -p "$stage$2"
		(cd "$top" && tar -cf - --anchored --exclude='./build*' \
			--exclude=./.git .) | tar -xf - -C "$stage$2"
	else
		# shellcheck disable=SC2086 # a pattern
		cp $source/${1#/} "$stage$2"
	fi
}

command= health=
while read -r word rest; do
	case $word in
	'' | '#'*) continue ;;
	esac
	echo "-- $word $rest"
	case $word in
	FROM) from $rest ;;
	COPY) copy $rest ;;
	ENV) environment="${environment:-} $rest" ;;
	RUN) within root "$rest" >>"$work/run.log" 2>&1 || {
		tail -n 20 "$work/run.log"
		exit 1
	} ;;
	USER) user=$rest ;;
	VOLUME) volume=$rest ;;
	HEALTHCHECK) health=${rest##*CMD } ;;
	CMD) command=$(printf '%s' "$rest" | tr -d '[]",') ;;
	EXPOSE | STOPSIGNAL) ;;
	*) echo "this script does not know $word"; exit 1 ;;
	esac
done <"$file"

[ "$user" != root ] || { echo "it runs as root"; exit 1; }
id=$(chroot "$stage" id -u "$user")
[ "$(stat -c %u "$stage$volume")" = "$id" ] ||
	{ echo "$volume does not belong to $user"; exit 1; }
chroot "$stage" setpriv --reuid="$user" --regid="$user" --clear-groups \
	--no-new-privs env -i PATH=/usr/bin:/usr/sbin $command >"$work/log" 2>&1 &
daemon=$!
tries=0
until within "$user" "$health" >/dev/null 2>&1; do
	tries=$((tries + 1))
	[ $tries -lt 60 ] || { echo "it never is healthy:"; cat "$work/log"; exit 1; }
	kill -0 "$daemon" || { cat "$work/log"; exit 1; }
	sleep 1
done
echo "healthy: $(within "$user" "$health" | head -n 1)"
within "$user" "verdict doctor" | grep -E "^(ok|fail) +s(ocket|ession)"
within "$user" "verdict doctor" | grep -q "^ok *session" ||
	{ echo "it judges no message"; exit 1; }
kill "$daemon"
wait "$daemon" || { echo "it ends with status $?"; exit 1; }
daemon=
echo "ok: the container's image is as the Containerfile says"
