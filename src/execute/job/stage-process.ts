/**
 * The process in which one stage runs: imports the kind, runs it, seals what it wrote, reports, ends. It sees folders
 * and no store; `execute-job.ts` in the parent publishes the result.
 */
import { mkdirSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { PipelineError } from '../../base/diagnostic.ts';
import { hintOf, isSystemError, reasonOf } from '../../base/system-error.ts';
import { monotonic } from '../../base/clock.ts';
import { programsUsed } from '../../engine/kernels/programs-used.ts';
import type { StageContext, StageKind, StageWarning } from '../../stage.ts';
import { seal } from '../../store/seal.ts';
import type { FromStage, StartMessage, ToStage } from './messages.ts';

/**
 * Ends this process group when the parent is gone, for whatever reason. A thread of its own, because a stage that
 * computes may not return to its event loop for minutes.
 */
const WATCHDOG = `
const parent = ${process.ppid};
setInterval(() => { if (process.ppid !== parent) process.kill(-process.pid, 'SIGKILL'); }, 200);
`;

function send(message: FromStage): void {
  process.send?.(message);
}

/** Sends the last message and ends once it is sent, whatever the stage left running. */
function end(message: FromStage): void {
  process.send?.(message, undefined, {}, () => process.exit(message.type === 'done' ? 0 : 1));
}

/** Messages have a cost, and a person reads a few a second. */
const PROGRESS_INTERVAL_MS = 100;

function progressSender(): StageContext['progress'] {
  let last = -Infinity;
  return (progress) => {
    const time = monotonic();
    const { done, total } = progress.part ?? progress;
    if (time - last < PROGRESS_INTERVAL_MS && done !== total) return;
    last = time;
    send({ type: 'progress', ...progress });
  };
}

/** Every kind is for making files: later stages and `query` read nothing else. */
const NO_FILES: StageWarning = {
  message: 'the stage wrote no file',
  cause: 'The program wrote somewhere else, or found nothing to do.',
  hint: 'Write results into the folder "$OUTPUT" of a command, or `context.output` of your own kind.',
};

const WARNING_FIELDS = ['message', 'cause', 'hint', 'parameter'] as const;

/** What the kind gave as text, and nothing else: it goes into the manifest, and kinds in JavaScript are not checked. */
function plainWarning(given: StageWarning | string): StageWarning {
  if (typeof given === 'string') return { message: given };
  const present = WARNING_FIELDS.filter((name) => given[name] !== undefined);
  return { message: '', ...Object.fromEntries(present.map((name) => [name, String(given[name])])) };
}

async function runKind(start: StartMessage, signal: AbortSignal): Promise<FromStage> {
  mkdirSync(start.output, { recursive: true });
  const warnings: StageWarning[] = [];
  const warn = (given: StageWarning | string): void => {
    const warning = plainWarning(given);
    warnings.push(warning);
    send({ type: 'log', level: 'warning', ...warning });
  };
  const { stage } = (await import(pathToFileURL(start.module).href)) as { stage: StageKind };
  const result = await stage.run({
    params: start.params,
    inputs: start.inputs,
    earlier: start.earlier,
    output: start.output,
    scratch: start.scratch,
    downloads: start.downloads,
    resume: start.resume,
    project: start.project,
    threads: start.threads,
    strict: start.strict,
    engine: start.engine,
    signal,
    progress: progressSender(),
    log: (message) => {
      send({ type: 'log', level: 'info', message });
    },
    warn,
  });
  signal.throwIfAborted();
  const files = seal(start.output, result.digests ?? {});
  if (files.length === 0) warn(NO_FILES);
  return {
    type: 'done',
    files,
    metrics: result.metrics ?? {},
    headline: result.headline ?? null,
    warnings,
    peakMemoryBytes: process.resourceUsage().maxRSS * 1024,
    kernels: programsUsed(),
  };
}

function failureOf(error: unknown): FromStage {
  if (error instanceof PipelineError || (error as Error | undefined)?.name === 'PipelineError') {
    const { code, message, hint } = error as PipelineError;
    return { type: 'failed', code, message, hint: hint ?? null, stack: null };
  }
  const { message, stack, code, path } = (
    error instanceof Error ? error : new Error(String(error))
  ) as NodeJS.ErrnoException;
  // Of a refusal of the system the log has Node's own words, with the stack.
  const said = isSystemError(error) ? `${reasonOf(error)}${path === undefined ? '' : `: ${path}`}` : message;
  return {
    type: 'failed',
    code: code ?? 'E_STAGE',
    message: said,
    hint: hintOf(error) ?? null,
    stack: stack ?? null,
  };
}

function main(): void {
  const watchdog = new Worker(WATCHDOG, { eval: true });
  watchdog.unref();
  const controller = new AbortController();
  const abort = (): void => {
    controller.abort();
  };
  // Ctrl-C reaches the parent, which sends a message; the signals themselves must not end this process half-way.
  process.on('SIGINT', abort);
  process.on('SIGTERM', abort);
  process.on('message', (message: ToStage) => {
    if (message.type === 'abort') {
      abort();
      return;
    }
    void runKind(message, controller.signal).catch(failureOf).then(end);
  });
  send({ type: 'ready' });
}

main();
