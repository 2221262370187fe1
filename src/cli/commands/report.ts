/** `pipeline report`: the results of a run, a spec or a sweep as one HTML file that opens anywhere. */
import { closeSync, existsSync, openSync, readSync } from 'node:fs';
import { resolve } from 'node:path';
import { PipelineError } from '../../base/diagnostic.ts';
import { writeAtomically } from '../../base/files.ts';
import { bytesText } from '../../base/quantity-text.ts';
import { readNotes } from '../../history/notes.ts';
import { readRun } from '../../history/find.ts';
import { latestRecord } from '../../history/latest-record.ts';
import { shownPlan, shownRecord, type ShownRun } from '../../page/data/shown-run.ts';
import { GENERATOR, reportHtml, type ReportDocument } from '../../page/document/html.ts';
import { sweepsNamed } from '../../page/data/recorded-sweep.ts';
import { runReport } from '../../page/document/run-report.ts';
import { sweepReport } from '../../page/document/sweep-report.ts';
import { artifactStore, currentPlan, openStore, type SpecOptions } from '../../session.ts';
import { printJson, printResult } from '../render/output.ts';
import { openSpec } from './open-spec.ts';
import { meansRun } from './show.ts';

export interface ReportOptions extends SpecOptions {
  readonly output?: string;
  /** Of a sweep: the configuration that the others are compared with. */
  readonly baseline?: string;
  readonly json?: boolean;
}

export async function reportCommand(target: string, options: ReportOptions): Promise<number> {
  const { output = 'report.html' } = options;
  if (existsSync(output) && !isReport(output))
    throw new PipelineError('E_USAGE', `${output} exists and is not a report`, {
      hint: 'Name another file with -o. Earlier reports are replaced.',
    });
  const html = reportHtml(await documentOf(target, options));
  writeAtomically(resolve(output), html);
  const bytes = Buffer.byteLength(html);
  if (options.json) printJson({ file: resolve(output), bytes });
  else printResult(`${output}  ${bytesText(bytes)}`);
  return 0;
}

async function documentOf(target: string, options: ReportOptions): Promise<ReportDocument> {
  if (meansRun(target, existsSync(target))) {
    const layout = openStore(options);
    const [sweep, ...others] = sweepsNamed(layout, target);
    if (others.length > 0) throw ambiguous(target, [sweep!, ...others]);
    if (sweep !== undefined) return sweepReport(layout, artifactStore(layout), sweep, options);
  }
  return runReport(await shownRunOf(target, options));
}

function ambiguous(text: string, ids: readonly string[]): PipelineError {
  return new PipelineError('E_USAGE', `${ids.length} sweeps begin or end with '${text}'`, {
    hint: `The sweeps are ${ids.slice(0, 5).join(', ')}.`,
  });
}

async function shownRunOf(target: string, options: ReportOptions): Promise<ShownRun> {
  if (meansRun(target, existsSync(target))) {
    const layout = openStore(options);
    const record = readRun(layout, target);
    return shownRecord(record, readNotes(layout, record.id), artifactStore(layout));
  }
  const session = await openSpec(target, options);
  const plan = await currentPlan(session);
  const last = latestRecord(session.layout, session.spec.name);
  return shownPlan(plan, last?.stages ?? {}, session.store);
}

/** A file that this command wrote: its first lines say so. */
function isReport(file: string): boolean {
  const start = Buffer.alloc(1000);
  const descriptor = openSync(file, 'r');
  try {
    return start.toString('latin1', 0, readSync(descriptor, start, 0, start.length, 0)).includes(GENERATOR);
  } finally {
    closeSync(descriptor);
  }
}
