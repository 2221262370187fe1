/** The process in which one stage runs: takes a job, runs the kind, seals what it wrote, reports, ends. */
import { mkdirSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { PipelineError } from '../base/diagnostic.ts';
import { monotonic } from '../base/clock.ts';
import type { StageContext, StageKind } from '../stage.ts';
import { seal } from '../store/seal.ts';
import type { FromStage, Job, ToStage } from './messages.ts';

/**
 * Ends this process group when the runner is gone, however it went. A thread of its own, because a stage that
 * computes does not come back to its event loop for minutes.
 */
const WATCHDOG = `
const parent = ${process.ppid};
setInterval(() => { if (process.ppid !== parent) process.kill(-process.pid, 'SIGKILL'); }, 200);
`;

function send(message: FromStage): void {
  process.send?.(message);
}

/** Sends the last message and ends once it has left. Whatever the stage left running must not keep us. */
function end(message: FromStage): void {
  process.send?.(message, undefined, {}, () => process.exit(message.type === 'done' ? 0 : 1));
}

/** Messages cost; a person reads a few a second. */
const PROGRESS_INTERVAL_MS = 100;

function progressSender(): StageContext['progress'] {
  let last = -Infinity;
  return (progress) => {
    const time = monotonic();
    if (time - last < PROGRESS_INTERVAL_MS && progress.done !== progress.total) return;
    last = time;
    send({ type: 'progress', ...progress });
  };
}

async function runJob(job: Job, signal: AbortSignal): Promise<FromStage> {
  mkdirSync(job.output, { recursive: true });
  const { stage } = (await import(pathToFileURL(job.module).href)) as { stage: StageKind };
  const result = await stage.run({
    params: job.params,
    inputs: job.inputs,
    output: job.output,
    scratch: job.scratch,
    downloads: job.downloads,
    resume: job.resume,
    project: job.project,
    threads: job.threads,
    engine: job.engine,
    signal,
    progress: progressSender(),
    log: (message) => {
      send({ type: 'log', level: 'info', message });
    },
    warn: (message) => {
      send({ type: 'log', level: 'warning', message });
    },
  });
  signal.throwIfAborted();
  return {
    type: 'done',
    files: seal(job.output, result.digests ?? {}),
    metrics: result.metrics ?? {},
    headline: result.headline ?? null,
    peakMemoryBytes: process.resourceUsage().maxRSS * 1024,
  };
}

function failureOf(error: unknown): FromStage {
  if (error instanceof PipelineError || (error as Error | undefined)?.name === 'PipelineError') {
    const { code, message, hint } = error as PipelineError;
    return { type: 'failed', code, message, hint: hint ?? null, stack: null };
  }
  const { message, stack, code } = (
    error instanceof Error ? error : new Error(String(error))
  ) as NodeJS.ErrnoException;
  const hint =
    code === 'ENOSPC'
      ? 'The disk is full: make room, then run the same command again. Finished stages are kept.'
      : null;
  return { type: 'failed', code: code ?? 'E_STAGE', message, hint, stack: stack ?? null };
}

function main(): void {
  const watchdog = new Worker(WATCHDOG, { eval: true });
  watchdog.unref();
  const controller = new AbortController();
  const abort = (): void => {
    controller.abort();
  };
  // Ctrl-C reaches the runner, which tells us; the signals themselves must not end us half-way.
  process.on('SIGINT', abort);
  process.on('SIGTERM', abort);
  process.on('message', (message: ToStage) => {
    if (message.type === 'abort') {
      abort();
      return;
    }
    void runJob(message, controller.signal).catch(failureOf).then(end);
  });
  send({ type: 'ready' });
}

main();
