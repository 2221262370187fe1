import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { PipelineError } from '../../base/diagnostic.ts';
import { reasonOf } from '../../base/system-error.ts';
import { canonicalJson, type Json } from '../../base/json.ts';
import { readArchive, refused, type Received } from '../../history/import.ts';
import { readNotes, writeNotes } from '../../history/notes.ts';
import { readRunRecord, runFile, writeRunRecord, type RunRecord } from '../../history/record.ts';
import { removeFolder } from '../../store/local/folders.ts';
import { storeLayout, type StoreLayout } from '../../store/layout.ts';
import type { Put } from '../../store/store.ts';
import { beginUse } from '../../store/local/use.ts';
import { beginFolder } from '../../store/local/work.ts';
import { onInterrupt } from './interrupt.ts';
import { printJson, printNotice, printResult } from '../render/output.ts';
import { localStore } from '../../store/local/local-store.ts';
import { storeFolder } from '../../session.ts';

export interface ImportOptions {
  readonly store?: string;
  readonly json?: boolean;
}

/** `pipeline import`: adds the run in an archive to the store, after verifying every byte. */
export async function importCommand(archive: string, options: ImportOptions): Promise<number> {
  const file = resolve(archive);
  if (!existsSync(file) || !statSync(file).isFile())
    throw new PipelineError('E_USAGE', `there is no file ${file}`, {
      hint: 'Write an archive with `pipeline export`.',
    });
  const layout = storeLayout(await storeFolder(options));
  const work = workFolder(layout);
  const { stop, dispose } = onInterrupt(true);
  const use = beginUse(layout);
  try {
    const received = await readArchive(file, work, stop);
    checkRecord(layout, received.record);
    for (const { manifest } of received.artifacts) use.add(manifest.kind, manifest.key);
    const puts = await putAll(layout, received);
    keepRecord(layout, received);
    report(received, puts, options);
    return 0;
  } catch (error) {
    if (stop.aborted) return 130;
    throw error;
  } finally {
    removeFolder(work);
    use.close();
    dispose();
  }
}

function workFolder(layout: StoreLayout): string {
  try {
    return beginFolder(layout);
  } catch (error) {
    throw new PipelineError('E_STORE', `the store ${layout.root} cannot be written: ${reasonOf(error)}`, {
      hint: 'Name another folder with --store, or give write permission to this one.',
    });
  }
}

/** Checked before anything is published. */
function checkRecord(layout: StoreLayout, record: RunRecord): void {
  if (!existsSync(runFile(layout, record.id))) return;
  const own = readRunRecord(layout, record.id);
  if (!own || canonicalJson(own as unknown as Json) !== canonicalJson(record as unknown as Json))
    throw refused(`this store has a different run with the id ${record.id}`);
}

async function putAll(layout: StoreLayout, { artifacts }: Received): Promise<Put[]> {
  const store = localStore(layout);
  const puts: Put[] = [];
  for (const sealed of artifacts) {
    const put = await store.put(sealed);
    if (put.state === 'conflict')
      printNotice(
        `warning: ${sealed.manifest.kind}/${sealed.manifest.key.slice(0, 16)}… exists with different bytes and is kept: the stage is not reproducible`,
      );
    puts.push(put);
  }
  return puts;
}

function keepRecord(layout: StoreLayout, { record, notes }: Received): void {
  if (!existsSync(runFile(layout, record.id))) writeRunRecord(layout, record);
  if (!notes) return;
  const own = readNotes(layout, record.id);
  writeNotes(layout, record.id, { tags: [...own.tags, ...notes.tags], note: own.note ?? notes.note });
}

function report({ record }: Received, puts: readonly Put[], { json }: ImportOptions): void {
  const count = (state: Put['state']): number => puts.filter((put) => put.state === state).length;
  const counts = { added: count('added'), there: count('there'), conflicts: count('conflict') };
  if (json) printJson({ run: record.id, ...counts });
  else
    printResult(
      `${record.id} (${record.spec.name}): ${counts.added} artifacts added, ${counts.there} already present` +
        (counts.conflicts > 0 ? `, ${counts.conflicts} present with different bytes` : ''),
    );
}
