/** Ends processes with everything that they started. Each leads a process group. */
import type { ChildProcess } from 'node:child_process';

export interface StopSignals {
  /** Asks it to stop; it is killed when it has not stopped after a grace period. */
  readonly stop: AbortSignal;
  /** Kills it at once. */
  readonly kill: AbortSignal;
}

const GRACE_MS = 5_000;
/** How long output may still arrive after the process has ended: only a process that left its group can write it. */
export const DRAIN_MS = 500;

export function killGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // Gone already.
  }
}

/** Obeys the signals until the returned function is called. `ask` is called before SIGTERM is sent. */
export function stopping(
  child: ChildProcess,
  { stop, kill }: StopSignals,
  ask: () => void = () => undefined,
): () => void {
  let grace: NodeJS.Timeout | undefined;
  const killNow = (): void => {
    killGroup(child, 'SIGKILL');
  };
  const askToStop = (): void => {
    ask();
    killGroup(child, 'SIGTERM');
    grace = setTimeout(killNow, GRACE_MS);
  };
  stop.addEventListener('abort', askToStop);
  kill.addEventListener('abort', killNow);
  if (kill.aborted) killNow();
  else if (stop.aborted) askToStop();
  return () => {
    clearTimeout(grace);
    stop.removeEventListener('abort', askToStop);
    kill.removeEventListener('abort', killNow);
  };
}
