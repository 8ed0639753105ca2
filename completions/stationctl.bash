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
