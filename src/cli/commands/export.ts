import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { PipelineError } from '../../base/diagnostic.ts';
import { systemError } from '../../base/system-error.ts';
import { knownStage } from '../../plan/select.ts';
import { compressionOf } from '../../history/archive.ts';
import { writeArchive } from '../../history/export.ts';
import { readRun } from '../../history/find.ts';
import { readNotes } from '../../history/notes.ts';
import type { RunRecord } from '../../history/record.ts';
import { beginUse, type Use } from '../../store/local/use.ts';
import type { Artifact, Store } from '../../store/store.ts';
import { onInterrupt } from './interrupt.ts';
import { printJson, printResult } from '../render/output.ts';
import { commandStores } from './stores.ts';
import { bytesText } from '../render/text.ts';

export interface ExportOptions {
  readonly store?: string;
  readonly output?: string;
  readonly stage?: readonly string[];
  readonly artifacts: boolean;
  readonly json?: boolean;
}

/** `pipeline export`: writes a run with its artifacts to an archive. */
export async function exportCommand(run: string, options: ExportOptions): Promise<number> {
  const { layout, store } = await commandStores(options);
  const record = readRun(layout, run);
  const file = resolve(options.output ?? `${record.id}.tar.gz`);
  compressionOf(file);
  if (existsSync(file))
    throw new PipelineError('E_USAGE', `${file} already exists`, {
      hint: 'Name another file with --output.',
    });
  const { stop, dispose } = onInterrupt(true);
  const use = beginUse(layout);
  try {
    const artifacts = options.artifacts ? await artifactsFor(store, record, options.stage, use) : [];
    await writeArchive({ record, notes: readNotes(layout, record.id), artifacts }, file, stop);
    const { size } = statSync(file);
    if (options.json) printJson({ run: record.id, file, bytes: size, artifacts: artifacts.length });
    else printResult(`${record.id}: ${artifacts.length} artifacts, ${bytesText(size)} in ${file}`);
    return 0;
  } catch (error) {
    if (stop.aborted) return 130;
    throw systemError('E_STORE', `${file} could not be written`, error);
  } finally {
    use.close();
    dispose();
  }
}

async function artifactsFor(
  store: Store,
  { id, stages }: RunRecord,
  wanted: readonly string[] | undefined,
  use: Use,
): Promise<Artifact[]> {
  const names = Object.keys(stages);
  const chosen = wanted?.map((name) => knownStage(names, name)) ?? names;
  const artifacts = new Map<string, Artifact>();
  const missing: string[] = [];
  for (const name of chosen) {
    const { kind, key } = stages[name]!;
    if (!key) continue;
    use.add(kind, key);
    const artifact = await store.fetch(kind, key);
    if (artifact) artifacts.set(`${kind}/${key}`, artifact);
    else missing.push(name);
  }
  if (missing.length === 0) return [...artifacts.values()];
  throw new PipelineError(
    'E_USAGE',
    `the artifacts of ${missing.join(', ')} in run ${id} are no longer in the store`,
    {
      hint: 'Run the spec to make them again, choose stages with --stage, or export only the record with --no-artifacts.',
    },
  );
}
