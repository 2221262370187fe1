/** `pipeline run --watch`: runs again whenever the spec, its bases, the files it reads or its kinds change. */
import type { Key } from '../../base/hash.ts';
import { makePlan } from '../../plan/plan.ts';
import { selectStages } from '../../plan/select.ts';
import { openSession, sessionPlanner } from '../../session.ts';
import { printNotice, styleFor, useColor } from '../render/output.ts';
import { beginRound, type Round } from '../watch/round.ts';
import { watchFiles, type Watched } from '../watch/watched-files.ts';
import { INTERRUPTED, onInterrupt, type Interrupt } from './interrupt.ts';
import { runCommand, type RunCommandOptions } from './run.ts';

export interface WatchControl {
  /** Shows the error of a run that could not start. */
  readonly onError: (error: unknown) => Promise<unknown>;
}

/** Ends only with Ctrl-C. */
export async function watchCommand(
  file: string,
  options: RunCommandOptions,
  { onError }: WatchControl,
): Promise<number> {
  let isRunning = false;
  const interrupt = onInterrupt(true, () => (isRunning ? ': stopping the stages. Repeat to kill them' : ''));
  let patterns: ReadonlySet<string> = new Set();
  try {
    for (;;) {
      // Before the run reads anything, so that nothing changes unseen.
      const watched = await watchFiles(file, options, patterns);
      patterns = watched.patterns;
      isRunning = true;
      const isOvertaken = await runRound(file, options, watched, interrupt, onError);
      isRunning = false;
      if (interrupt.stop.aborted) return INTERRUPTED;
      if (!isOvertaken) {
        notice('waiting for changes; Ctrl-C ends');
        await watched.changed(interrupt.stop);
      }
      notice(`${file} or what it reads has changed: running again`);
    }
  } catch (error) {
    if (interrupt.stop.aborted) return INTERRUPTED;
    throw error;
  } finally {
    interrupt.dispose();
  }
}

/** Whether something changed while it ran. */
async function runRound(
  file: string,
  options: RunCommandOptions,
  watched: Watched,
  interrupt: Interrupt,
  onError: WatchControl['onError'],
): Promise<boolean> {
  const round = beginRound(interrupt.stop);
  const over = new AbortController();
  const watching = overtakeOnChange(file, options, watched, round, over.signal);
  try {
    await runCommand(file, options, {
      stop: round.stop,
      kill: interrupt.kill,
      wrap: (executor) => round.wrap(executor),
    });
  } catch (error) {
    await onError(error);
  } finally {
    over.abort();
  }
  return watching;
}

/** Resolves with true where the round was overtaken, with false when it is over. */
async function overtakeOnChange(
  file: string,
  options: RunCommandOptions,
  watched: Watched,
  round: Round,
  over: AbortSignal,
): Promise<boolean> {
  let isOvertaken = false;
  try {
    for (;;) {
      await watched.changed(over);
      isOvertaken = true;
      const keys = await keysNow(file, options);
      // Half an edit: what runs is what the last whole state of the spec asked for.
      if (keys) round.overtake((stage) => keys.get(stage));
    }
  } catch (error) {
    if (over.aborted) return isOvertaken;
    throw error;
  }
}

/** The keys that are known now; undefined where the spec is broken at the moment. */
async function keysNow(
  file: string,
  options: RunCommandOptions,
): Promise<ReadonlyMap<string, Key> | undefined> {
  try {
    const session = await openSession(file, options);
    const plan = await makePlan(await sessionPlanner(session), selectStages(session.spec, options));
    return new Map(
      plan.entries.flatMap(({ stage, plan: state }) =>
        state.state === 'run' || state.state === 'cached' ? [[stage.name, state.key] as const] : [],
      ),
    );
  } catch {
    return undefined;
  }
}

function notice(text: string): void {
  const style = styleFor(useColor('stderr'));
  printNotice(style.dim(`\n── ${text} ──`));
}
