"""`vstore completion`: the script that makes a shell ask `vstore` at a tab key."""

from __future__ import annotations

import click

from vstore.cli import frame
from vstore.cli.frame import Settings

BASH = r"""# vstore completion for bash
_vstore_complete() {
    local line
    COMPREPLY=()
    while IFS= read -r line; do
        case $line in
            f) compopt -o default 2>/dev/null ;;
            d) compopt -o dirnames 2>/dev/null ;;
            =*) COMPREPLY+=("${line#=}") ;;
        esac
    done < <(_VSTORE_COMPLETE=bash _VSTORE_LINE="${COMP_LINE:0:COMP_POINT}" \
        _VSTORE_BREAKS="$COMP_WORDBREAKS" "$1" 2>/dev/null)
}
complete -F _vstore_complete vstore
"""

ZSH = r"""#compdef vstore
# vstore completion for zsh
_vstore() {
    local line tab=$'\t'
    local -a values shown
    while IFS= read -r line; do
        case $line in
            f) _files ;;
            d) _files -/ ;;
            =*)
                line=${line#=}
                values+=("${line%%$tab*}")
                shown+=("${line%%$tab*}  ${line#*$tab}")
                ;;
        esac
    done < <(_VSTORE_COMPLETE=zsh "${words[1]}" "${(@Q)words[2,CURRENT]}" 2>/dev/null)
    (( ${#values} )) && compadd -l -d shown -a values
}
if [[ $funcstack[1] == _vstore ]]; then
    _vstore "$@"
else
    compdef _vstore vstore
fi
"""

FISH = r"""# vstore completion for fish
function __vstore_complete
    set -l words (commandline -opc) (commandline -ct)
    for line in (_VSTORE_COMPLETE=fish vstore $words[2..-1] 2>/dev/null)
        switch $line
            case f
                __fish_complete_path (commandline -ct)
            case d
                __fish_complete_directories (commandline -ct)
            case '=*'
                string sub -s 2 -- $line
        end
    end
end
complete -c vstore -f -a '(__vstore_complete)'
"""

SCRIPTS = {"bash": BASH, "zsh": ZSH, "fish": FISH}


@frame.command(
    "completion",
    examples="""
    eval "$(vstore completion bash)"       # in ~/.bashrc
    source <(vstore completion zsh)        # in ~/.zshrc, after compinit
    vstore completion fish > ~/.config/fish/completions/vstore.fish
    """,
)
@click.argument("shell", type=click.Choice(list(SCRIPTS)))
@click.pass_obj
def completion(settings: Settings, shell: str) -> None:
    """Print a script that completes commands in a shell.

    Completes commands, options, files, and story-ids, also those that hold `:` and `@`.
    """
    with frame.output(settings) as out:
        out.write(SCRIPTS[shell])
