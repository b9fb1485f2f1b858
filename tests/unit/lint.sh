#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The manual pages and the scripts, read by their linters.
set -u
source=${srcdir:-.}
. "$source/tests/tap.sh"

if command -v mandoc >/dev/null; then
        for page in "$source"/packaging/man/*.[1-9] packaging/man/assay-checks.7 packaging/man/assay.conf.5; do
                tap_none "mandoc: ${page##*/}" mandoc -T lint -W warning "$page"
        done
else
        tap_skip "manual pages" "mandoc is not installed"
fi

every_check_has_its_entry() {
        # What the page lists is what the program lists, in the same order.
        sed -n 's/^\.It Cm //p' packaging/man/assay-checks.7 >"$tap_scratch/page"
        sed -n 's/^  *X(\(check_\)*\([a-z0-9_]*\)).*/\2/p' "$source/checks/list.c" >"$tap_scratch/list"
        [ -s "$tap_scratch/list" ] && diff "$tap_scratch/page" "$tap_scratch/list"
}
tap_ok "assay-checks.7 has every check of the list" every_check_has_its_entry

families_have_one_name() {
        # The numbered families of the page, and the rows of README's table of them.
        sed -n '/^\.It [0-9]*$/ { s/^\.It //; N; s/\n/ /; p }' packaging/man/assay-checks.7 >"$tap_scratch/page"
        sed -n 's/^| \([0-9]*\) | \([^|]*[^ |]\) *|.*/\1 \2/p' "$source/README.md" >"$tap_scratch/readme"
        [ "$(wc -l <"$tap_scratch/page")" -ge 12 ] && diff "$tap_scratch/page" "$tap_scratch/readme"
}
tap_ok "README.md lists the families of checks as assay-checks.7 does" families_have_one_name

the_configuration_is_where_it_is_read() {
        path=$(sed -n 's|^\.It Pa \(/.*/assay\.conf\)$|\1|p' packaging/man/assay.conf.5)
        echo "${path:-no path}"
        [ "$path" ] && grep -aqF "$path" assay
}
tap_ok "assay.conf.5 names the file that assay reads" the_configuration_is_where_it_is_read

targets_are_described() {
        # Every target that a user calls, in CONTRIBUTING.md's table of them.
        sed -n 's/^\.PHONY: //p' "$source/Makefile.am" | tr ' ' '\n' | sort >"$tap_scratch/targets"
        # shellcheck disable=SC2016 # a backquote of Markdown
        sed -n 's/^| `\([a-z-]*\)[ `].*/\1/p' "$source/CONTRIBUTING.md" | grep -vx check | sort >"$tap_scratch/described"
        [ -s "$tap_scratch/targets" ] && diff "$tap_scratch/targets" "$tap_scratch/described"
}
tap_ok "CONTRIBUTING.md describes the targets of make, and no others" targets_are_described

the_schema_is_where_it_is_said() {
        env -u MAKEFLAGS -u MFLAGS DESTDIR="$tap_scratch/root" make -s install-dist_pkgdataDATA prefix=/usr/local datarootdir=/usr/local/share >/dev/null &&
                ls "$tap_scratch/root/usr/local/share/assay/assay.report.schema.json" &&
                grep -q '^\.Pa share/assay/assay\.report\.schema\.json$' "$source/packaging/man/assay.report.5" &&
                grep -q 'PREFIX/share/assay/assay\.report\.schema\.json' "$source/README.md"
}
tap_ok "assay.report.5 and README.md say where the schema is installed" the_schema_is_where_it_is_said

if command -v shellcheck >/dev/null; then
        cd "$source" || exit 99
        for script in bootstrap .ci/run tests/*.sh tests/*/*.sh packaging/completion/assay; do
                [ -e "$script" ] || continue # .ci is no part of a source package
                tap_none "shellcheck: $script" shellcheck -x "$script"
        done
else
        tap_skip "scripts" "shellcheck is not installed"
fi
tap_end
