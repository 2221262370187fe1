/**
 * The parent's side of a stage process: starts it, passes its messages on, stops it and everything that it left
 * running. It knows nothing of stores or keys. The child's side is `stage-process.ts`.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { createWriteStream, mkdirSync, type WriteStream } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { DIST } from '../../base/installation.ts';
import type { FromStage, StartMessage, ToStage } from './messages.ts';

export type ChildResult = Extract<FromStage, { type: 'done' | 'failed' }> & {
  readonly output: readonly string[];
};

export interface ChildOptions {
  /** Receives everything that the stage prints or logs. */
  readonly logFile: string;
  /** Asks the stage to stop; it is killed when it has not stopped after a grace period. */
  readonly stop: AbortSignal;
  /** Kills it at once. */
  readonly kill: AbortSignal;
  readonly onMessage: (message: Extract<FromStage, { type: 'progress' | 'log' }>) => void;
}

const GRACE_MS = 5_000;
/** How long output may still arrive after the process has ended: only a process that left its group can write it. */
const DRAIN_MS = 500;
/** Lines of output kept for the error message. */
const KEPT_LINES = 20;

/** Never rejects: whatever goes wrong with the process is a `failed` result. */
export async function runInChild(start: StartMessage, options: ChildOptions): Promise<ChildResult> {
  const output: string[] = [];
  let log: WriteStream | undefined;
  let child: ChildProcess | undefined;
  const keep = (line: string): void => {
    log?.write(`${line}\n`);
    output.push(line);
    if (output.length > KEPT_LINES) output.shift();
  };
  const show = (line: string): void => {
    keep(line);
    options.onMessage({ type: 'log', level: 'info', message: line });
  };
  try {
    log = openLog(options.logFile);
    child = startProcess();
    readLines(child.stdout!, show);
    readLines(child.stderr!, show);
    const onMessage: ChildOptions['onMessage'] = (message) => {
      if (message.type === 'log')
        keep(message.level === 'warning' ? `warning: ${message.message}` : message.message);
      options.onMessage(message);
    };
    const result = await converse(child, start, { ...options, onMessage }, keep);
    return { ...result, output };
  } catch (error) {
    return { ...failedToStart(error as Error), output };
  } finally {
    if (child) letGo(child);
    if (log) await closed(log);
  }
}

/** A log that cannot be written is no reason to stop: the result counts. */
function openLog(path: string): WriteStream {
  mkdirSync(dirname(path), { recursive: true });
  return createWriteStream(path).on('error', () => undefined);
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
  start: StartMessage,
  { stop, kill, onMessage }: ChildOptions,
  keep: (line: string) => void,
): Promise<Extract<FromStage, { type: 'done' | 'failed' }>> {
  let grace: NodeJS.Timeout | undefined;
  let drain: NodeJS.Timeout | undefined;
  const killNow = (): void => {
    killGroup(child, 'SIGKILL');
  };
  /** The signal is for the programs that the stage started; the stage itself obeys the message. */
  const askToStop = (): void => {
    tell(child, { type: 'abort' });
    killGroup(child, 'SIGTERM');
    grace = setTimeout(killNow, GRACE_MS);
  };
  try {
    return await new Promise((resolve) => {
      let result: Extract<FromStage, { type: 'done' | 'failed' }> | undefined;
      child.on('message', (message: FromStage) => {
        if (message.type === 'ready') {
          if (stop.aborted) killNow();
          else tell(child, start);
        } else if (message.type === 'done' || message.type === 'failed') {
          result = message;
          if (message.type === 'failed' && message.stack !== null) keep(message.stack);
        } else onMessage(message);
      });
      child.on('error', (error) => {
        resolve(failedToStart(error));
      });
      const settle = (code: number | null, signal: NodeJS.Signals | null): void => {
        resolve(result ?? diedSilently(code, signal));
      };
      child.on('exit', (code, signal) => {
        // Programs that it left running would keep its output open and could still write into the artifact.
        killNow();
        const wait = (): void => {
          drain = setTimeout(settle, DRAIN_MS, code, signal);
        };
        // The exit may be reported before its last message has been read, which precedes the end of the channel.
        if (child.connected) child.once('disconnect', wait);
        else wait();
      });
      child.on('close', settle);
      stop.addEventListener('abort', askToStop);
      kill.addEventListener('abort', killNow);
    });
  } finally {
    clearTimeout(grace);
    clearTimeout(drain);
    stop.removeEventListener('abort', askToStop);
    kill.removeEventListener('abort', killNow);
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
