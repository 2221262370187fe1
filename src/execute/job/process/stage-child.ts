/**
 * The parent's side of a stage process: starts it, passes its messages on, stops it and everything that it left
 * running. It knows nothing of stores or keys. The child's side is `stage-process.ts`.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { DIST } from '../../../base/installation.ts';
import type { FromStage, StartMessage, ToStage } from './messages.ts';
import { DRAIN_MS, killGroup, stopping, type StopSignals } from './process-group.ts';
import { openOutput, type StageOutput } from './stage-output.ts';

export type ChildResult = Extract<FromStage, { type: 'done' | 'failed' }> & {
  readonly output: readonly string[];
};

export interface ChildOptions extends StopSignals {
  /** Receives everything that the stage prints or logs. */
  readonly logFile: string;
  readonly onMessage: (message: Extract<FromStage, { type: 'progress' | 'log' }>) => void;
}

/** Never rejects: whatever goes wrong with the process is a `failed` result. */
export async function runInChild(start: StartMessage, options: ChildOptions): Promise<ChildResult> {
  let output: StageOutput | undefined;
  let child: ChildProcess | undefined;
  try {
    output = openOutput(options.logFile, options.onMessage);
    child = startProcess();
    output.read(child.stdout!);
    output.read(child.stderr!);
    return { ...(await converse(child, start, options, output)), output: output.lines };
  } catch (error) {
    return { ...failedToStart(error as Error), output: output?.lines ?? [] };
  } finally {
    if (child) letGo(child);
    await output?.close();
  }
}

/** In a process group of its own, so that Ctrl-C reaches it only through this process, and its children end with it. */
function startProcess(): ChildProcess {
  return fork(join(DIST, 'stage-process.js'), {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    execArgv: ['--enable-source-maps'],
  });
}

/** Ends what is left of the process and its group, and stops reading from processes that left the group. */
function letGo(child: ChildProcess): void {
  killGroup(child, 'SIGKILL');
  child.stdout?.destroy();
  child.stderr?.destroy();
}

async function converse(
  child: ChildProcess,
  start: StartMessage,
  signals: StopSignals,
  output: StageOutput,
): Promise<Extract<FromStage, { type: 'done' | 'failed' }>> {
  let drain: NodeJS.Timeout | undefined;
  // The signal is for the programs that the stage started; the stage itself obeys the message.
  const dispose = stopping(child, signals, () => {
    tell(child, { type: 'abort' });
  });
  try {
    return await new Promise((resolve) => {
      let result: Extract<FromStage, { type: 'done' | 'failed' }> | undefined;
      child.on('message', (message: FromStage) => {
        if (message.type === 'ready') {
          if (signals.stop.aborted) killGroup(child, 'SIGKILL');
          else tell(child, start);
        } else if (message.type === 'done' || message.type === 'failed') {
          result = message;
          if (message.type === 'failed' && message.stack !== null) output.keep(message.stack);
        } else output.send(message);
      });
      child.on('error', (error) => {
        resolve(failedToStart(error));
      });
      const settle = (code: number | null, signal: NodeJS.Signals | null): void => {
        resolve(result ?? diedSilently(code, signal));
      };
      child.on('exit', (code, signal) => {
        // Programs that it left running would keep its output open and could still write into the artifact.
        killGroup(child, 'SIGKILL');
        const wait = (): void => {
          drain = setTimeout(settle, DRAIN_MS, code, signal);
        };
        // The exit may be reported before its last message has been read, which precedes the end of the channel.
        if (child.connected) child.once('disconnect', wait);
        else wait();
      });
      child.on('close', settle);
    });
  } finally {
    clearTimeout(drain);
    dispose();
  }
}

function tell(child: ChildProcess, message: ToStage): void {
  if (child.connected) child.send(message, () => undefined);
}

function failedToStart({ message }: Error): Extract<FromStage, { type: 'failed' }> {
  return { type: 'failed', code: 'E_PROCESS', message, hint: null, stack: null };
}

function diedSilently(
  code: number | null,
  signal: NodeJS.Signals | null,
): Extract<FromStage, { type: 'failed' }> {
  const message = signal
    ? `the stage's process was killed by ${signal}`
    : `the stage's process ended with code ${code ?? '?'}`;
  const hint = signal === 'SIGKILL' ? 'If nobody killed it, the machine ran out of memory.' : null;
  return { type: 'failed', code: 'E_PROCESS', message, hint, stack: null };
}
