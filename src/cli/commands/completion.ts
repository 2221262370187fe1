import { SCRIPTS, type SHELLS } from '../completion/scripts.ts';
import { printResult } from '../render/output.ts';

/** `pipeline completion`: the script for a shell. */
export function completionCommand(shell: (typeof SHELLS)[number]): number {
  printResult(SCRIPTS[shell]);
  return 0;
}
