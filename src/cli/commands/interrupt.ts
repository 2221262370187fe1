/**
 * Ctrl-C and its relatives. Before and after the stages run, a signal ends the process at once; while they run, it stops
 * them first. Nothing that handles a signal may wait for work: the answer comes within a tenth of a second.
 */
import { setMaxListeners } from 'node:events';
import { printNotice } from '../render/output.ts';

export interface Interrupt {
  /** First Ctrl-C: stages are asked to stop, and incomplete results are removed. */
  readonly stop: AbortSignal;
  /** Second Ctrl-C: they are killed. */
  readonly kill: AbortSignal;
  readonly dispose: () => void;
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
export const INTERRUPTED = 130;

const titleOf = (signal: NodeJS.Signals): string => (signal === 'SIGINT' ? 'Interrupted' : `Got ${signal}`);

const STOPPING = (): string => ': stopping the stages. Repeat to kill them';

/** How many commands have taken signals over, to end in an orderly way. */
let takenOver = 0;

/** From now on, a signal that nothing has taken over says so and ends the process with 130. */
export function answerInterrupts(): void {
  for (const signal of SIGNALS)
    process.on(signal, () => {
      if (takenOver > 0) return;
      printNotice(`\n${titleOf(signal)}.`);
      process.exit(INTERRUPTED);
    });
}

/**
 * Turns process signals into abort signals. If nothing executes, a signal ends the process as before. `meaning` says
 * what the first one does, where that is more than to end the command.
 */
export function onInterrupt(enabled: boolean, meaning: () => string = STOPPING): Interrupt {
  const stop = new AbortController();
  const kill = new AbortController();
  // Each stage that executes listens to both; Node would take more than ten for a leak.
  setMaxListeners(0, stop.signal, kill.signal);
  const onSignal = (signal: NodeJS.Signals): void => {
    // The stages are dead: whatever else is being waited for is not worth it.
    if (kill.signal.aborted) process.exit(INTERRUPTED);
    if (stop.signal.aborted) {
      kill.abort();
      return;
    }
    printNotice(`\n${titleOf(signal)}${meaning()}.`);
    stop.abort();
  };
  if (enabled) {
    takenOver += 1;
    for (const signal of SIGNALS) process.on(signal, onSignal);
  }
  return {
    stop: stop.signal,
    kill: kill.signal,
    dispose(): void {
      if (enabled) takenOver -= 1;
      for (const signal of SIGNALS) process.removeListener(signal, onSignal);
    },
  };
}
