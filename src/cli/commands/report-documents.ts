/**
 * What `pipeline report` is given, as a document: a spec with or without a sweep, a recorded run, a
 * recorded sweep, an exported run.
 */
import { existsSync } from 'node:fs';
import { PipelineError } from '../../base/diagnostic.ts';
import { readRun } from '../../history/find.ts';
import { latestRecord } from '../../history/latest-record.ts';
import { readNotes } from '../../history/notes.ts';
import { openArchive } from '../../history/open-archive.ts';
import { readRunRecord } from '../../history/record.ts';
import { presentSweep } from '../../page/data/present-sweep.ts';
import { recordedSweep, sweepsNamed } from '../../page/data/recorded-sweep.ts';
import { shownPlan, shownRecord, type ShownRun } from '../../page/data/shown-run.ts';
import type { ReportDocument } from '../../page/document/html.ts';
import { runReport } from '../../page/document/run-report.ts';
import { sweepReport } from '../../page/document/sweep-report.ts';
import { currentPlan, type Session, type SpecOptions, type Stores } from '../../session.ts';
import { isExport, refuseChanges } from './exported.ts';
import { openSpec } from './open-spec.ts';
import { meansRun } from './show.ts';
import { commandStores } from './stores.ts';
import { openSweep } from './sweep-of-spec.ts';

export interface DocumentOptions extends SpecOptions {
  /** Of a sweep: the configuration that the others are compared with. */
  readonly baseline?: string;
}

export async function documentOf(target: string, options: DocumentOptions): Promise<ReportDocument> {
  if (isExport(target)) return documentOfArchive(target, options);
  if (!meansRun(target, existsSync(target))) return documentOfSpec(target, options);
  const stores = await commandStores(options);
  const [sweep, ...others] = sweepsNamed(stores.layout, target);
  if (others.length > 0) throw ambiguous(target, [sweep!, ...others]);
  if (sweep !== undefined) return documentOfSweep(stores, sweep, options);
  refuseBaseline(target, options);
  return runReport(await recordedRun(stores, readRun(stores.layout, target).id));
}

/** The run that `pipeline export` wrote, with the artifacts that the archive has. */
async function documentOfArchive(file: string, options: DocumentOptions): Promise<ReportDocument> {
  refuseBaseline(file, options);
  refuseChanges(file, options);
  // Never aborted: a signal ends this command at once.
  const { record, notes, artifacts, close } = await openArchive(file, new AbortController().signal);
  try {
    return await runReport(await shownRecord(record, notes, artifacts));
  } finally {
    close();
  }
}

async function documentOfSpec(file: string, options: DocumentOptions): Promise<ReportDocument> {
  const session = await openSpec(file, options);
  const opened = await openSweep(file, session, options);
  if (!opened) {
    refuseBaseline(file, options);
    return runReport(await presentRun(session));
  }
  const { sweep, trials, baseline } = opened;
  return sweepReport(await presentSweep(sweep, trials, baseline), session.store, ({ name }) => {
    const best = trials.find(({ configuration }) => configuration.name === name);
    return best ? presentRun({ ...session, spec: best.spec }) : Promise.resolve(undefined);
  });
}

function documentOfSweep(stores: Stores, id: string, options: DocumentOptions): Promise<ReportDocument> {
  const source = recordedSweep(stores.layout, id, options);
  return sweepReport(source, stores.store, async ({ repeats }) => {
    const run = repeats[0]?.run ?? undefined;
    return run === undefined ? undefined : recordedRun(stores, run);
  });
}

async function presentRun(session: Session): Promise<ShownRun> {
  const plan = await currentPlan(session);
  const last = latestRecord(session.layout, session.spec.name);
  return shownPlan(plan, last?.stages ?? {}, session.store);
}

async function recordedRun({ layout, store }: Stores, id: string): Promise<ShownRun> {
  const record = readRunRecord(layout, id);
  if (!record) throw new PipelineError('E_RECORD', `the record of run ${id} cannot be read`);
  return shownRecord(record, readNotes(layout, id), store);
}

function refuseBaseline(target: string, { baseline }: DocumentOptions): void {
  if (baseline === undefined) return;
  throw new PipelineError('E_USAGE', `--baseline is for sweeps, and ${target} is none`, {
    hint: 'Name a sweep by its id, or a spec with `sweep:`.',
  });
}

function ambiguous(text: string, ids: readonly string[]): PipelineError {
  return new PipelineError('E_USAGE', `${ids.length} sweeps begin or end with '${text}'`, {
    hint: `The sweeps are ${ids.slice(0, 5).join(', ')}.`,
  });
}
