/** Runs one job in a process of its own and hands its messages on. */
import { fork, type ChildProcess } from 'node:child_process';
import { createWriteStream, mkdirSync, type WriteStream } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { DIST } from '../base/installation.ts';
import type { FromStage, Job, ToStage } from './messages.ts';

export type ChildResult = Extract<FromStage, { type: 'done' | 'failed' }> & {
  readonly output: readonly string[];
};

export interface ChildOptions {
  /** Gets all that the stage prints. */
  readonly logFile: string;
  /** Asks the stage to stop; it is killed when it has not stopped after a grace period. */
  readonly stop: AbortSignal;
  /** Kills it at once. */
  readonly kill: AbortSignal;
  readonly onMessage: (message: Extract<FromStage, { type: 'progress' | 'log' }>) => void;
}

const GRACE_MS = 5_000;
/** Lines of output kept for the error message. */
const KEPT_LINES = 20;

/** Never rejects: whatever goes wrong with the process is a `failed` result. */
export async function runInChild(job: Job, options: ChildOptions): Promise<ChildResult> {
  mkdirSync(dirname(options.logFile), { recursive: true });
  const log = createWriteStream(options.logFile);
  // A process group of its own, so that Ctrl-C reaches it only through us, and its own children go with it.
  const child = fork(join(DIST, 'stage-process.js'), {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    execArgv: ['--enable-source-maps'],
  });
  const output: string[] = [];
  const keep = (line: string): void => {
    log.write(`${line}\n`);
    output.push(line);
    if (output.length > KEPT_LINES) output.shift();
  };
  const show = (line: string): void => {
    keep(line);
    options.onMessage({ type: 'log', level: 'info', message: line });
  };
  readLines(child.stdout!, show);
  readLines(child.stderr!, show);
  try {
    const result = await converse(child, job, options, keep);
    return { ...result, output };
  } finally {
    killGroup(child, 'SIGKILL');
    await closed(log);
  }
}

function readLines(stream: Readable, onLine: (line: string) => void): void {
  createInterface({ input: stream, crlfDelay: Infinity }).on('line', onLine);
}

function closed(log: WriteStream): Promise<void> {
  return new Promise((resolve) => {
    log.on('error', () => {
      resolve();
    });
    log.end(resolve);
  });
}

function killGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // Gone already.
  }
}

async function converse(
  child: ChildProcess,
  job: Job,
  { stop, kill, onMessage }: ChildOptions,
  keep: (line: string) => void,
): Promise<Extract<FromStage, { type: 'done' | 'failed' }>> {
  let grace: NodeJS.Timeout | undefined;
  const killNow = (): void => {
    killGroup(child, 'SIGKILL');
  };
  const askToStop = (): void => {
    tell(child, { type: 'abort' });
    grace = setTimeout(killNow, GRACE_MS);
  };
  try {
    return await new Promise((resolve) => {
      let result: Extract<FromStage, { type: 'done' | 'failed' }> | undefined;
      child.on('message', (message: FromStage) => {
        if (message.type === 'ready') {
          tell(child, job);
          if (stop.aborted) askToStop();
        } else if (message.type === 'done' || message.type === 'failed') {
          result = message;
          if (message.type === 'failed' && message.stack !== null) keep(message.stack);
        } else onMessage(message);
      });
      child.on('error', (error) => {
        resolve({ type: 'failed', code: 'E_PROCESS', message: error.message, hint: null, stack: null });
      });
      child.on('close', (code, signal) => {
        resolve(result ?? diedSilently(code, signal));
      });
      stop.addEventListener('abort', askToStop);
      kill.addEventListener('abort', killNow);
    });
  } finally {
    clearTimeout(grace);
    stop.removeEventListener('abort', askToStop);
    kill.removeEventListener('abort', killNow);
  }
}

function tell(child: ChildProcess, message: ToStage): void {
  if (child.connected) child.send(message, () => undefined);
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
