#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Compares what `render` writes with the files of this folder, byte by byte. With --update it writes them: read the
# difference before it is committed.
set -u
source=${srcdir:-.}/tests/golden
render=${RENDER:-tests/golden/render}
scratch=$(mktemp) || exit 99
trap 'rm -f "$scratch" "$scratch.one" "$scratch.diff"' EXIT
number=0 status=0

# golden FILE ARGUMENTS: what `render ARGUMENTS` writes is FILE.
golden() {
        file=$source/$1
        shift
        "$render" "$@" >"$scratch.one" || exit 99
        # A line for each field of JSON, so that a difference can be read.
        case $2 in
        json) sed 's/,"/,\n"/g' "$scratch.one" >"$scratch" ;;
        *) cp "$scratch.one" "$scratch" ;;
        esac
        if [ "${update:-}" ]; then
                cp "$scratch" "$file"
        fi
        number=$((number + 1))
        if ! diff -u "$file" "$scratch" >"$scratch.diff"; then
                sed 's/^/# /' "$scratch.diff"
                printf 'not '
                status=1
        fi
        echo "ok $number - $*"
}

update=
[ "${1:-}" = --update ] && update=1
for scene in $("$render"); do
        golden "report_$scene.txt" "$scene" text 80
done
for scene in repeated incomplete large; do
        golden "report_${scene}_20.txt" "$scene" text 20
done
golden view_healthy.txt healthy view 80 24
golden view_healthy_20.txt healthy view 20 24
golden view_repeated.txt repeated view 100 24
golden view_repeated_low.txt repeated view 80 8
golden view_large.txt large view 80 24
golden view_large_tall.txt large view 120 60
golden view_large_20.txt large view 20 24
golden view_line.txt repeated line
golden report_crash.json crash json
echo "1..$number"
exit "$status"
