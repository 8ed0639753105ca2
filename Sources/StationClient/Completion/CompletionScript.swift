extension Shell {
  /// The shells that there is a completion script for.
  package static let names = ["bash", "zsh", "fish"]

  /// The completion script of a shell; nil if there is none. The scripts ask `stationctl __complete`, so they know
  /// the methods of the daemon that runs, and what needs none when no daemon does.
  package static func completionScript(_ shell: String) -> String? {
    switch shell {
    case "bash": bash
    case "zsh": zsh
    case "fish": fish
    default: nil
    }
  }

  private static let bash = #"""
    # bash completion for stationctl(1)
    _stationctl() {
      local IFS=$'\n' line
      COMPREPLY=()
      while read -r line; do
        COMPREPLY+=("$(printf '%q' "${line%%$'\t'*}")")
      done < <(stationctl __complete -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
      # After key= comes the value.
      [[ ${COMPREPLY[0]-} == *= ]] && compopt -o nospace
      return 0
    }
    complete -o default -F _stationctl stationctl

    """#

  private static let zsh = #"""
    #compdef stationctl
    # zsh completion for stationctl(1)
    _stationctl() {
      local -a found suffix
      local line
      while IFS= read -r line; do
        # After key= comes the value.
        [[ ${line%%$'\t'*} == *= ]] && suffix=(-S '')
        if [[ $line == *$'\t'?* ]]; then
          found+=("${${line%%$'\t'*}//:/\\:}:${line#*$'\t'}")
        else
          found+=("${${line%%$'\t'*}//:/\\:}")
        fi
      done < <(stationctl __complete -- "${(@)words[2,CURRENT]}" 2>/dev/null)
      if (( $#found )); then
        _describe stationctl found "${(@)suffix}"
      else
        _files
      fi
    }
    if [ "$funcstack[1]" = "_stationctl" ]; then
      _stationctl "$@"
    else
      compdef _stationctl stationctl
    fi

    """#

  private static let fish = #"""
    # fish completion for stationctl(1)
    function __stationctl_complete
      set -l words (commandline -opc) (commandline -ct)
      stationctl __complete -- $words[2..-1] 2>/dev/null
    end
    complete -c stationctl -a '(__stationctl_complete)'

    """#
}
