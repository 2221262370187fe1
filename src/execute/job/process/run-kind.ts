/**
 * A kind run with what a start message says, up to the message that ends the stage. Where it runs, in a process of its
 * own or in that of the runner, is decided by those who call it.
 */
import { mkdirSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { doDurably, doDurablyInTurns } from '../../../base/durable.ts';
import { PipelineError } from '../../../base/diagnostic.ts';
import { hintOf, isSystemError, reasonOf } from '../../../base/system-error.ts';
import { monotonic } from '../../../base/clock.ts';
import type { StageContext, StageKind, StageWarning } from '../../../stage.ts';
import { sealing } from '../../../store/seal.ts';
import type { FromStage, StartMessage } from './messages.ts';

/** Messages have a cost, and a person reads a few a second. */
const PROGRESS_INTERVAL_MS = 100;

function progressSender(send: KindHost['send']): StageContext['progress'] {
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

export interface KindHost {
  readonly signal: AbortSignal;
  readonly send: (message: Extract<FromStage, { type: 'progress' | 'log' }>) => void;
  readonly runProgram: StageContext['runProgram'];
  /** Whether the process has other things to do while the files are hashed and flushed. */
  readonly busy: boolean;
  /** In bytes; asked for at the end. */
  readonly peakMemory: () => number;
  readonly kernels: () => readonly string[];
}

export async function runKind(
  start: StartMessage,
  host: KindHost,
): Promise<Extract<FromStage, { type: 'done' }>> {
  const { signal, send, runProgram } = host;
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
    runProgram,
    progress: progressSender(send),
    log: (message) => {
      send({ type: 'log', level: 'info', message });
    },
    warn,
  });
  signal.throwIfAborted();
  const work = sealing(start.output, result.digests ?? {});
  const files = host.busy ? await doDurablyInTurns(work) : doDurably(work);
  if (files.length === 0) warn(NO_FILES);
  return {
    type: 'done',
    files,
    metrics: result.metrics ?? {},
    headline: result.headline ?? null,
    warnings,
    peakMemoryBytes: host.peakMemory(),
    kernels: host.kernels(),
  };
}

/** The message for what the kind, or what came after it, has thrown. */
export function failureOf(error: unknown): Extract<FromStage, { type: 'failed' }> {
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
