/**
 * Runs a kind that only runs programs in this process, so that a stage costs no process but its programs. To them and to
 * those who call it, it is like `stage-child.ts`.
 */
import { runGuarded } from './guarded-program.ts';
import type { StartMessage } from './messages.ts';
import { failureOf, runKind } from './run-kind.ts';
import type { ChildOptions, ChildResult } from './stage-child.ts';
import { openOutput, type StageOutput } from './stage-output.ts';

/** Never rejects. */
export async function runHere(start: StartMessage, options: ChildOptions): Promise<ChildResult> {
  const { stop, kill, logFile, onMessage } = options;
  let output: StageOutput | undefined;
  try {
    const opened = (output = openOutput(logFile, onMessage));
    const result = await runKind(start, {
      signal: stop,
      send: opened.send,
      runProgram: (program) => runGuarded(program, { stop, kill, read: opened.read }),
      busy: true,
      // That of this process says nothing about the stage, and Node does not tell that of a program.
      peakMemory: () => 0,
      kernels: () => [],
    }).catch(failureOf);
    if (result.type === 'failed' && result.stack !== null) opened.keep(result.stack);
    return { ...result, output: opened.lines };
  } catch (error) {
    return { ...failureOf(error), output: output?.lines ?? [] };
  } finally {
    await output?.close();
  }
}
