#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Completion in bash and zsh, loaded as the shells load it and asked as they ask it.
set -u
. "${srcdir:-.}/tests/e2e/lib.sh"

completions=$(cd "$source/packaging/completion" && pwd)
first_check=$("$assay" list | sed -n 's/^\([a-z][a-z0-9]*_[a-z0-9_]*\).*/\1/p' | head -n 1)

# offers_bash WANTED WORD...: the last word is being completed.
offers_bash() {
        local wanted=$1
        shift
        # shellcheck disable=SC2016 # for the inner shell
        bash --norc -c 'source "$1/assay"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _assay; printf "%s\n" "${COMPREPLY[@]}"' \
                bash "$completions" "$assay" "$@" >"$tap_scratch/offered" 2>"$tap_scratch/errors"
        [[ ! -s $tap_scratch/errors ]] && grep -qxF -- "$wanted" "$tap_scratch/offered" && return
        cat "$tap_scratch/errors" "$tap_scratch/offered"
        return 1
}

# The functions of zsh's completion system that the file uses, which else exist only inside an edited line.
# shellcheck disable=SC2016 # for zsh
zsh_stand_ins='
        compset() { [[ $words[CURRENT] == ${~2}* ]] && words[CURRENT]=${words[CURRENT]##${~2}}; true }
        compadd() { shift; print -l -- ${(M)@:#${words[CURRENT]}*} }
        _files() { print -l -- ${words[CURRENT]}*(N) }
'
offers_zsh() {
        local wanted=$1
        shift
        # shellcheck disable=SC2016 # for the inner shell
        zsh -f -c "$zsh_stand_ins"'
                file=$1; shift; words=("$@"); CURRENT=$#; source "$file"' \
                zsh "$completions/_assay" "$assay" "$@" >"$tap_scratch/offered" 2>"$tap_scratch/errors"
        [[ ! -s $tap_scratch/errors ]] && grep -qxF -- "$wanted" "$tap_scratch/offered" && return
        cat "$tap_scratch/errors" "$tap_scratch/offered"
        return 1
}

# lacks SHELL UNWANTED WORD...: is not offered.
lacks() {
        local shell=$1
        shift
        ! "offers_$shell" "$@" >/dev/null && [[ ! -s $tap_scratch/errors ]]
}

mkdir "$tap_scratch/profiles"
touch "$tap_scratch/assay.conf" "$tap_scratch/profiles/mine.conf"
# A program of another directory of configurations, which its help names.
mkdir -p "$tap_scratch/etc/assay/profiles"
touch "$tap_scratch/etc/assay/profiles/site.conf"
printf '#!/bin/sh\n%s "$@" | sed "s|^ */.*/profiles$|   %s|"\n' "$assay" "$tap_scratch/etc/assay/profiles" >"$tap_scratch/installed"
chmod +x "$tap_scratch/installed"

# The same for each shell.
for shell in bash zsh; do
        if ! command -v "$shell" >/dev/null; then
                tap_skip "$shell" "it is not installed"
                continue
        fi
        tap_ok "$shell: commands" "offers_$shell" qualify ''
        tap_ok "$shell: a command that has begun" "offers_$shell" replay re
        tap_ok "$shell: options" "offers_$shell" --duration qualify --du
        tap_ok "$shell: options of another command" "offers_$shell" --coverage list --co
        tap_ok "$shell: checks" "offers_$shell" "$first_check" qualify --checks "${first_check:0:3}"
        tap_ok "$shell: regimes" "offers_$shell" storm-async qualify --regimes storm-
        tap_ok "$shell: CPUs" "offers_$shell" 0 qualify --cpus ''
        tap_ok "$shell: levels" "offers_$shell" x86-64-v3 qualify --isa x86
        tap_ok "$shell: kinds of drill" "offers_$shell" crash drill --kind c
        tap_ok "$shell: files" "offers_$shell" Makefile qualify --json Makef
        tap_ok "$shell: checks to replay" "offers_$shell" "$first_check" replay "${first_check:0:4}"
        tap_ok "$shell: the JSON of list takes no file" "offers_$shell" --coverage list --json ''
        tap_ok "$shell: the JSON of host takes no file" lacks "$shell" Makefile host --json Makef
        tap_ok "$shell: one regime of replay" "offers_$shell" storm-self replay --regime storm
        tap_ok "$shell: two regimes are none for replay" lacks "$shell" storm replay --regime storm
        tap_ok "$shell: and all are none" lacks "$shell" all replay --regime ''
        tap_ok "$shell: nor does a second follow" lacks "$shell" quiet,timer replay --regime quiet,t
        tap_ok "$shell: one stress of replay" "offers_$shell" bursts replay --stress ''
        tap_ok "$shell: all are none for replay" lacks "$shell" all replay --stress ''
        tap_ok "$shell: every stress" "offers_$shell" all qualify --stress ''
        tap_ok "$shell: a profile that is built in" "offers_$shell" burnin qualify --profile b
        tap_ok "$shell: a profile beside --config" "offers_$shell" mine qualify --config "$tap_scratch/assay.conf" --profile ''
        assay=$tap_scratch/installed tap_ok "$shell: a profile of the system" "offers_$shell" site qualify --profile s
        tap_ok "$shell: commands to get help for" "offers_$shell" qualify help q
done
tap_ok "bash: a second check after a comma" offers_bash "x,$first_check" qualify --checks "x,${first_check:0:3}"
tap_ok "bash: a value after =" offers_bash native qualify --isa = nat

# Every option that a command's help names stands in its manual page, and the other way round.
documented() {
        local command=$1
        "$assay" "$command" --help | grep -oE -- '--[a-z][a-z-]*' | sort -u | grep -vx -- --help >"$tap_scratch/help"
        sed -n 's/^\.It Fl \(-[a-z-]*\).*/-\1/p' "$source/packaging/man/assay-$command.1" | sort -u >"$tap_scratch/manual"
        diff "$tap_scratch/help" "$tap_scratch/manual"
}
for command in qualify list host replay drill; do
        tap_ok "$command: its help and its manual page name the same options" documented "$command"
done
tap_end
