/** The scripts that `pipeline completion` prints: they ask `pipeline __complete`, and so know no names themselves. */

export const SHELLS = ['bash', 'zsh', 'fish'] as const;

/** After these characters a word goes on, so that no space is wanted. */
const GOES_ON = '*[=/.]';

export const SCRIPTS: Readonly<Record<(typeof SHELLS)[number], string>> = {
  bash: `# Completion of pipeline for bash: source <(pipeline completion bash)
_pipeline() {
  local candidate
  COMPREPLY=()
  while IFS= read -r candidate; do
    COMPREPLY+=("$(printf '%q' "$candidate")")
  done < <("\${COMP_WORDS[0]}" __complete "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
  if [[ \${#COMPREPLY[@]} -eq 1 && \${COMPREPLY[0]} == ${GOES_ON} ]]; then
    compopt -o nospace 2>/dev/null
  fi
  return 0
}
complete -F _pipeline pipeline two-tower
`,
  zsh: `#compdef pipeline two-tower
# Completion of pipeline for zsh: source <(pipeline completion zsh), after compinit
_pipeline() {
  local candidate
  local -a whole open
  while IFS= read -r candidate; do
    if [[ $candidate == ${GOES_ON} ]]; then open+=("$candidate"); else whole+=("$candidate"); fi
  done < <("\${words[1]}" __complete "\${(@)words[2,CURRENT]}" 2>/dev/null)
  compadd -a whole
  compadd -S '' -a open
}
if [[ "\${funcstack[1]}" == _pipeline ]]; then
  _pipeline "$@"
else
  compdef _pipeline pipeline two-tower
fi
`,
  fish: `# Completion of pipeline for fish: pipeline completion fish | source
function __pipeline_complete
  set -l words (commandline -opc)
  set -l command $words[1]
  set -e words[1]
  $command __complete $words (commandline -ct) 2>/dev/null
end
complete -c pipeline -f -a '(__pipeline_complete)'
complete -c two-tower -f -a '(__pipeline_complete)'
`,
};
