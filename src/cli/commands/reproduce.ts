/** `pipeline reproduce`: options and output. src/execute/reproduction.ts executes, src/history/agreement.ts judges. */
import { mkdirSync, readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { PipelineError } from '../../base/diagnostic.ts';
import { reasonOf } from '../../base/system-error.ts';
import { openCatalogue } from '../../kinds/catalogue.ts';
import { reasonsBetween, reasonText } from '../../plan/reason.ts';
import { knownStage } from '../../plan/select.ts';
import { judge, type Agreement, type Attempt } from '../../history/agreement.ts';
import { readRun } from '../../history/find.ts';
import type { RunRecord } from '../../history/record.ts';
import { specOfRecord } from '../../history/resolved-spec.ts';
import type { StageSpec } from '../../spec/spec.ts';
import { removeFolder } from '../../store/local/folders.ts';
import type { StoreLayout } from '../../store/layout.ts';
import type { KeyDocument, Manifest } from '../../store/manifest.ts';
import { beginUse } from '../../store/local/use.ts';
import { beginFolder } from '../../store/local/work.ts';
import { findWhole, type Store } from '../../store/store.ts';
import { onInterrupt } from './interrupt.ts';
import { printJson, printNotice, printResult, styleFor, useColor, type Style } from '../render/output.ts';
import { linesReporter } from '../render/reporters/lines.ts';
import {
  reproduceRun,
  reproduceStage,
  settledStages,
  type Reproduction,
} from '../../execute/reproduction.ts';
import { capacityOf, type CapacityOptions } from '../../execute/capacity.ts';
import { artifactStore, openStore } from '../../session.ts';
import { table } from '../render/text.ts';

export interface ReproduceOptions extends CapacityOptions {
  readonly store?: string;
  readonly stage?: string;
  readonly times: number;
  readonly into?: string;
  readonly json?: boolean;
}

const INTERRUPTED = 130;

/** Executes a recorded run again in a clean store and compares the digests. */
export async function reproduceCommand(run: string, options: ReproduceOptions): Promise<number> {
  const layout = openStore(options);
  const record = readRun(layout, run);
  const { into } = options;
  const folder = into === undefined ? temporary(layout) : emptyFolder(resolve(into));
  const interrupt = onInterrupt(true);
  const use = beginUse(layout);
  try {
    const store = artifactStore(layout);
    const kinds = openCatalogue(layout);
    const recorded = await specOfRecord(record, kinds);
    // A frozen stage uses an existing result, but a clean store has none.
    const spec = { ...recorded, stages: recorded.stages.map(thawed) };
    const emit = options.json ? () => undefined : linesReporter().onEvent;
    const capacity = capacityOf(options);
    const stores = { store, layout, folder };
    const base: Reproduction = { record, spec, kinds, ...stores, capacity, use, emit, ...interrupt };
    const attempts = await repeat(base, options);
    if (interrupt.stop.aborted) return INTERRUPTED;
    return await report(store, record, attempts, options);
  } finally {
    interrupt.dispose();
    use.close();
    if (into === undefined) removeFolder(folder);
    else printNotice(`the new artifacts are in ${folder}`);
  }
}

function thawed(stage: StageSpec): StageSpec {
  const { frozen, ...rest } = stage;
  return frozen ? rest : stage;
}

function temporary(layout: StoreLayout): string {
  try {
    return beginFolder(layout);
  } catch (error) {
    throw new PipelineError('E_STORE', `the store is not writable: ${reasonOf(error)}`, {
      hint: 'Name an empty folder with --into.',
    });
  }
}

function emptyFolder(folder: string): string {
  mkdirSync(folder, { recursive: true });
  if (readdirSync(folder).length === 0) return folder;
  throw new PipelineError('E_USAGE', `${folder} is not empty`, {
    hint: 'Name an empty or new folder.',
  });
}

type Attempts = ReadonlyMap<string, readonly Attempt[]>;

/**
 * Without `--threads`, every second execution uses one thread, so that results that depend on the number of threads
 * are found as well as those that vary at random.
 */
async function repeat(base: Reproduction, options: ReproduceOptions): Promise<Attempts> {
  const attempts = new Map<string, Attempt[]>();
  const names = base.spec.stages.map(({ name }) => name);
  const stage = options.stage === undefined ? undefined : knownStage(names, options.stage);
  if (stage !== undefined && !settledStages(base.record).includes(stage))
    throw new PipelineError('E_USAGE', `the stage '${stage}' has no result in run ${base.record.id}`);
  for (let time = 1; time <= options.times && !base.stop.aborted; time++) {
    const threads = options.threads ?? (time % 2 === 0 ? 1 : availableParallelism());
    const once = { ...base, capacity: { ...base.capacity, threads } };
    const made =
      stage === undefined
        ? await reproduceRun(once, time)
        : new Map([[stage, await reproduceStage(once, base.spec.stages[names.indexOf(stage)]!, time)]]);
    for (const [name, attempt] of made) attempts.set(name, [...(attempts.get(name) ?? []), attempt]);
    if (options.into === undefined && time < options.times) removeFolder(join(base.folder, String(time)));
  }
  return attempts;
}

async function report(
  store: Store,
  record: RunRecord,
  attempts: Attempts,
  options: ReproduceOptions,
): Promise<number> {
  const judged: Judged[] = [];
  for (const name of settledStages(record)) {
    const of = attempts.get(name);
    if (!of) continue;
    const stage = record.stages[name]!;
    const original = (await findWhole(store, stage.kind, stage.key!))?.manifest;
    const agreement = judge(name, stage, original, of);
    judged.push({ ...agreement, because: becauseOf(agreement, original, of) });
  }
  const agree = judged.every(({ verdict }) => verdict === 'agrees');
  if (options.json) printJson({ run: record.id, agree, stages: judged });
  else printResult(reportText(record, judged, styleFor(useColor('stdout'))));
  return agree ? 0 : 1;
}

type Judged = Agreement & { readonly because: readonly string[] };

/** Why the key differs from the recorded one. */
function becauseOf(
  { recorded, key }: Agreement,
  original: Manifest | undefined,
  attempts: readonly Attempt[],
): readonly string[] {
  if (key === null || key === recorded.key) return [];
  const after = attempts.find((attempt) => attempt.state === 'made')?.manifest.keyDocument;
  const before: KeyDocument | undefined = original?.keyDocument;
  if (!before || !after) return ['the recorded artifact is no longer in the store, so the reason is unknown'];
  return reasonsBetween(before, after).map(reasonText);
}

function reportText(record: RunRecord, judged: readonly Judged[], style: Style): string {
  const rows = judged.map((one) => [
    verdictText(one, style),
    one.stage,
    one.recorded.digest.slice(0, 12),
    timesText(one),
    style.dim([...one.because, ...filesText(one), one.error ?? ''].filter((text) => text !== '').join('; ')),
  ]);
  const agreeing = judged.filter(({ verdict }) => verdict === 'agrees').length;
  const summary =
    agreeing === judged.length
      ? `${record.id} reproduced: ${agreeing} of ${judged.length} stages have the recorded digest`
      : `${record.id}: ${agreeing} of ${judged.length} stages have the recorded digest`;
  return [table([['', 'stage', 'recorded', 'executed again', ''], ...rows]), '', summary].join('\n');
}

function verdictText({ verdict }: Judged, style: Style): string {
  switch (verdict) {
    case 'agrees':
      return style.green('✔ agrees');
    case 'differs':
      return style.red('✘ not reproducible');
    case 'unstable':
      return style.red('✘ not deterministic');
    case 'changed':
      return style.yellow('! different key');
    case 'failed':
      return style.red('✘ failed');
  }
}

/** `9c72ab19102b`, or `9c72ab19102b ×2, 02d804489595 (1 thread)`. */
function timesText({ digests, threads }: Judged): string {
  const groups = new Map<string, number[]>();
  digests.forEach((digest, time) => {
    const name = digest?.slice(0, 12) ?? 'failed';
    groups.set(name, [...(groups.get(name) ?? []), threads[time]!]);
  });
  return [...groups]
    .map(([name, of]) => {
      const count = of.length > 1 ? ` ×${of.length}` : '';
      const distinct = [...new Set(of)];
      const on =
        groups.size > 1 && distinct.length === 1
          ? ` (${distinct[0]!} thread${distinct[0] === 1 ? '' : 's'})`
          : '';
      return `${name}${count}${on}`;
    })
    .join(', ');
}

const SHOWN_FILES = 5;

function filesText({ files, verdict }: Judged): string[] {
  if (files.length === 0 || verdict === 'changed') return [];
  const more = files.length > SHOWN_FILES ? ` and ${files.length - SHOWN_FILES} more` : '';
  return [`in ${files.slice(0, SHOWN_FILES).join(', ')}${more}`];
}
