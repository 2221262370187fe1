/** `pipeline gc`: which artifacts are garbage is decided in src/store/garbage.ts; here they are removed and listed. */
import { rmSync } from 'node:fs';
import { now } from '../../base/clock.ts';
import { PipelineError } from '../../base/diagnostic.ts';
import { readNotes, writeNotes, NO_NOTES } from '../../history/notes.ts';
import { runFile } from '../../history/record.ts';
import { referencesOf, type References } from '../../history/references.ts';
import { openCollector } from '../../store/local/collect.ts';
import { garbageOf, type ArtifactUse, type Garbage } from '../../store/local/garbage.ts';
import { artifactBytes, modified, storedArtifacts } from '../../store/local/inventory.ts';
import { leftoversOf, removeLeftover, type Leftover } from '../../store/local/leftovers.ts';
import type { StoreLayout } from '../../store/layout.ts';
import { usedArtifacts } from '../../store/local/use.ts';
import { printJson, printResult, styleFor, useColor } from '../render/output.ts';
import { openSpec } from './open-spec.ts';
import { currentPlan, openStore } from '../../session.ts';
import { bytesText, table } from '../render/text.ts';

export interface GcOptions {
  readonly store?: string;
  readonly keepRuns?: number;
  /** Seconds. */
  readonly olderThan?: number;
  readonly grace: number;
  /** Bytes. */
  readonly largerThan?: number;
  readonly maxSize?: number;
  readonly spec?: readonly string[];
  readonly forget?: boolean;
  readonly downloads?: boolean;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

interface Item {
  readonly what: 'artifact' | 'record' | Leftover['what'];
  readonly path: string;
  readonly bytes: number;
  readonly why: string;
}

interface Collected {
  readonly removed: readonly Item[];
  /** Garbage that turned out to be in use by a process. */
  readonly inUse: readonly Item[];
  readonly kept: { readonly artifacts: number; readonly bytes: number };
}

/** Removes artifacts and leftovers that are no longer needed, and shows which and why. */
export async function gcCommand(options: GcOptions): Promise<number> {
  const layout = openStore(options);
  if (options.forget && options.keepRuns === undefined)
    throw new PipelineError(
      'E_USAGE',
      '--forget needs --keep-runs, the number of records to keep for each spec',
    );
  const references = referencesOf(layout, options.keepRuns ?? 1);
  const uses = usesOf(layout, references, await wantedBySpecs(options));
  const garbage = garbageOf(uses, policyOf(options), now());
  const leftovers = leftoversOf(layout, {
    grace: options.grace,
    downloads: options.downloads === true,
    now: now(),
  });
  const records = options.forget ? references.others : [];
  const collected = collect(layout, uses, garbage, leftovers, records, options.dryRun === true);
  if (options.json) printJson({ dryRun: options.dryRun === true, ...collected });
  else printResult(collectedText(collected, options));
  return 0;
}

function policyOf(options: GcOptions): Parameters<typeof garbageOf>[1] {
  const { keepRuns, grace, olderThan, largerThan, maxSize } = options;
  return { keepRuns: keepRuns !== undefined, grace, olderThan, largerThan: largerThan ?? 0, maxSize };
}

/** The artifacts that the named specs find cached now. */
async function wantedBySpecs({ spec = [], store }: GcOptions): Promise<Set<string>> {
  const wanted = new Set<string>();
  for (const file of spec) {
    const plan = await currentPlan(await openSpec(file, store === undefined ? {} : { store }));
    for (const { plan: state } of plan.entries)
      if (state.state === 'cached')
        wanted.add(`${state.artifact.manifest.kind}/${state.artifact.manifest.key}`);
  }
  return wanted;
}

function usesOf(layout: StoreLayout, { artifacts }: References, wanted: ReadonlySet<string>): ArtifactUse[] {
  const used = usedArtifacts(layout);
  return [...storedArtifacts(layout)].map((artifact) => {
    const name = `${artifact.kind}/${artifact.key}`;
    const reference = artifacts.get(name);
    return {
      artifact,
      bytes: artifactBytes(artifact),
      seconds: artifact.manifest?.producer.seconds ?? 0,
      lastUsed: Math.max(modified(artifact.path), reference?.lastUsed ?? 0),
      referenced: reference !== undefined,
      kept: reference?.kept === true,
      pinned: reference?.tagged === true || wanted.has(name) || used.has(name),
    };
  });
}

function collect(
  layout: StoreLayout,
  uses: readonly ArtifactUse[],
  garbage: readonly Garbage[],
  leftovers: readonly Leftover[],
  records: readonly string[],
  dryRun: boolean,
): Collected {
  const item = ({ use, why }: Garbage): Item => ({
    what: 'artifact',
    path: use.artifact.path,
    bytes: use.bytes,
    why,
  });
  const forgotten = records.map((id): Item => {
    const path = runFile(layout, id);
    return { what: 'record', path, bytes: 0, why: 'not among the runs to keep' };
  });
  const removed: Garbage[] = [];
  const inUse: Garbage[] = [];
  if (dryRun) removed.push(...garbage);
  else {
    const collector = openCollector(layout);
    try {
      for (const one of garbage) (collector.remove(one.use.artifact) ? removed : inUse).push(one);
      // Records are removed after the artifacts, so that after an interruption the rest is still referred to.
      for (const id of records) forget(layout, id);
      for (const leftover of leftovers) removeLeftover(layout, leftover);
    } finally {
      collector.close();
    }
  }
  const gone = new Set(removed.map(({ use }) => use));
  const kept = uses.filter((use) => !gone.has(use));
  return {
    removed: [...removed.map(item), ...forgotten, ...leftovers],
    inUse: inUse.map(item),
    kept: { artifacts: kept.length, bytes: kept.reduce((sum, { bytes }) => sum + bytes, 0) },
  };
}

function forget(layout: StoreLayout, id: string): void {
  rmSync(runFile(layout, id), { force: true });
  if (readNotes(layout, id).note !== null) writeNotes(layout, id, NO_NOTES);
}

const SHOWN = 40;

function collectedText({ removed, inUse, kept }: Collected, { dryRun, maxSize }: GcOptions): string {
  const style = styleFor(useColor('stdout'));
  const rows = [...removed]
    .sort((a, b) => b.bytes - a.bytes)
    .map(({ what, path, bytes, why }) => [bytesText(bytes), what, shortPath(path), style.dim(why)]);
  const freed = bytesText(removed.reduce((sum, { bytes }) => sum + bytes, 0));
  const lines = [
    table(rows.slice(0, SHOWN), ['right']),
    rows.length > SHOWN ? style.dim(`and ${rows.length - SHOWN} more`) : '',
    ...inUse.map(({ path }) => `kept because it is in use: ${shortPath(path)}`),
    `${dryRun ? 'would free' : 'freed'} ${freed}; ${kept.artifacts} artifacts (${bytesText(kept.bytes)}) remain`,
    maxSize !== undefined && kept.bytes > maxSize
      ? `${bytesText(maxSize)} cannot be reached: the remaining artifacts are in use, tagged, current results or kept for a spec`
      : '',
  ];
  return lines.filter((line) => line !== '').join('\n');
}

/** The kind and the beginning of the key identify an artifact. */
function shortPath(path: string): string {
  return path
    .split('/')
    .slice(-2)
    .join('/')
    .replace(/([0-9a-f]{16})[0-9a-f]{48}/, '$1…');
}
