#!/bin/sh
# The main job in a scratch folder that is gone afterwards: sh docs/demo.sh BIN_DIR
set -eu

if [ ! -x "${1:?usage: sh docs/demo.sh BIN_DIR}/vstore" ]; then
    echo "demo: there is no vstore in $1" >&2
    exit 2
fi
bin=$(cd "$1" && pwd)
fixtures=$(cd "$(dirname "$0")/../fixtures" && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

# Nothing of the caller's settings may change what is shown.
unset VSTORE_STORE VSTORE_PAGER PAGER FORCE_COLOR CLICOLOR_FORCE
export NO_COLOR=1 VSTORE_PAGER=cat

ln -s "$fixtures" "$scratch/fixtures"
cd "$scratch"

show() {
    printf '\n$ vstore %s\n' "$*"
    "$bin/vstore" "$@"
}

show init
show add --story halvorsund-ferry --source Nordfjell fixtures/halvorsund-ferry/000_nordfjell.txt
show add --story halvorsund-ferry --source CopperCoast fixtures/halvorsund-ferry/001_coppercoast.txt
show add fixtures/sant-orlo-bridge/000_report.txt fixtures/sant-orlo-bridge/001_correction_figure.txt
show import fixtures/newsroom.jsonl
show stories
show log halvorsund-ferry
show log sarrow-quake --oneline
show diff halvorsund-ferry@1 @2
show blame halvorsund-ferry@2 -p 3
show blame sant-orlo-bridge -p 1
show checkout sant-orlo-bridge@1
show fsck
