import { printNotice } from '../render/output.ts';

export interface Interrupt {
  /** First Ctrl-C: stages are asked to stop, and incomplete results are removed. */
  readonly stop: AbortSignal;
  /** Second Ctrl-C: they are killed. */
  readonly kill: AbortSignal;
  readonly dispose: () => void;
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Turns process signals into abort signals. If nothing executes, the default (exit at once) is kept. */
export function onInterrupt(enabled: boolean): Interrupt {
  const stop = new AbortController();
  const kill = new AbortController();
  const onSignal = (signal: NodeJS.Signals): void => {
    if (stop.signal.aborted) {
      kill.abort();
      return;
    }
    printNotice(
      `\n${signal === 'SIGINT' ? 'Interrupted' : `Got ${signal}`}: stopping the stages. Repeat to kill them.`,
    );
    stop.abort();
  };
  if (enabled) for (const signal of SIGNALS) process.on(signal, onSignal);
  return {
    stop: stop.signal,
    kill: kill.signal,
    dispose(): void {
      for (const signal of SIGNALS) process.removeListener(signal, onSignal);
    },
  };
}
