/** `pipeline gc --remote`: removes what nobody needs any more from the remote store. */
import { now } from '../../base/clock.ts';
import { PipelineError } from '../../base/diagnostic.ts';
import { allNotes } from '../../history/notes.ts';
import { readRunRecord, runIds } from '../../history/record.ts';
import { artifactsOf } from '../../history/references.ts';
import { receiveRecords } from '../../history/remote-runs.ts';
import type { ConfigFlags } from '../../session.ts';
import type { StoreLayout } from '../../store/layout.ts';
import { collectRemote, type CollectedRemote } from '../../store/remote/garbage.ts';
import { printJson, printResult, styleFor, useColor } from '../render/output.ts';
import { bytesText, table } from '../render/text.ts';
import type { GcOptions } from './gc.ts';
import { asFailure, remoteStores } from './stores.ts';

const UNKNOWN_THERE = ['keepRuns', 'largerThan', 'maxSize', 'spec', 'forget', 'downloads'] as const;

export async function gcRemoteCommand(options: GcOptions & ConfigFlags): Promise<number> {
  const stray = UNKNOWN_THERE.find((name) => options[name] !== undefined);
  if (stray !== undefined)
    throw new PipelineError('E_USAGE', `gc --remote takes no ${flagOf(stray)}`, {
      hint: 'It takes `--older-than`, `--grace` and `--dry-run`.',
    });
  const { remote, layout } = await remoteStores(options);
  const dryRun = options.dryRun === true;
  if (remote.settings.mode === 'read' && !dryRun)
    throw new PipelineError(
      'E_USAGE',
      `the remote store ${remote.settings.address} is configured as read only`,
      {
        hint: 'Set `store.mode: read-write`, or use `--dry-run`.',
      },
    );
  const collected = await asFailure(remote.settings.address, async () => {
    const objects = await remote.objects();
    const kept = keptArtifacts(await receiveRecords(objects, layout), layout, options.olderThan);
    const { olderThan, grace } = options;
    return collectRemote(objects, { olderThan, grace, kept, now: now(), dryRun });
  });
  if (options.json) printJson(collected);
  else printResult(collectedText(collected, dryRun));
  return 0;
}

const flagOf = (name: string): string =>
  `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

/** Of recent runs of anybody, and of runs that are tagged on this machine. */
function keptArtifacts(
  theirs: StoreLayout,
  layout: StoreLayout,
  olderThan: number | undefined,
): ReadonlySet<string> {
  const since = now() - (olderThan ?? 0) * 1000;
  const notes = allNotes(layout);
  const kept = new Set<string>();
  for (const records of [theirs, layout])
    for (const id of runIds(records)) {
      const record = readRunRecord(records, id);
      if (!record) continue;
      const isTagged = (notes.get(id)?.tags.length ?? 0) > 0;
      if (isTagged || Date.parse(record.started) >= since)
        for (const name of artifactsOf(record)) kept.add(name);
    }
  return kept;
}

const SHOWN = 40;

function collectedText({ removed, kept }: CollectedRemote, dryRun: boolean): string {
  const style = styleFor(useColor('stdout'));
  const rows = [...removed]
    .sort((a, b) => b.size - a.size)
    .map(({ what, name, size, why }) => [bytesText(size), what, shortName(name), style.dim(why)]);
  const freed = bytesText(removed.reduce((sum, { size }) => sum + size, 0));
  const lines = [
    table(rows.slice(0, SHOWN), ['right']),
    rows.length > SHOWN ? style.dim(`and ${rows.length - SHOWN} more`) : '',
    `${dryRun ? 'would free' : 'freed'} ${freed}; ${kept.artifacts} artifacts, ${kept.files} files (${bytesText(kept.bytes)}) remain`,
  ];
  return lines.filter((line) => line !== '').join('\n');
}

const shortName = (name: string): string => name.replace(/([0-9a-f]{16})[0-9a-f]{48}$/, '$1…');
