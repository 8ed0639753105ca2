# fish completion for stationctl(1)
function __stationctl_complete
  set -l words (commandline -opc) (commandline -ct)
  stationctl __complete -- $words[2..-1] 2>/dev/null
end
complete -c stationctl -a '(__stationctl_complete)'
