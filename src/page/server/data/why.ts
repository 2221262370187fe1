/** Why an artifact was made: the reasons that its run gave, or what differs from the artifact that the stage had before. */
import type { Json } from '../../../base/json.ts';
import { canonicalJson, isObject } from '../../../base/json.ts';
import type { RunRecord } from '../../../history/record.ts';
import { stageStarts } from '../../../history/stage-starts.ts';
import { reasonsBetween, reasonText } from '../../../plan/reason.ts';
import type { StoreLayout } from '../../../store/layout.ts';
import { readListing } from '../../../store/listing.ts';
import type { KeyDocument, Manifest } from '../../../store/manifest.ts';
import { findWhole, type Store } from '../../../store/store.ts';
import type { WhyView } from '../../views/artifact-view.ts';

export interface Use {
  readonly record: RunRecord;
  readonly stage: string;
}

/** `records`: latest first. */
export async function whyMade(
  layout: StoreLayout,
  store: Store,
  manifest: Manifest,
  uses: readonly Use[],
  records: readonly RunRecord[],
): Promise<WhyView | null> {
  const maker = uses.find(({ record, stage }) => record.stages[stage]!.state === 'executed') ?? uses.at(-1);
  if (!maker) return null;
  const { record, stage } = maker;
  const before = await artifactBefore(store, record, stage, manifest.key, records);
  const recorded = stageStarts(layout, record.id, stage)[0]?.reasons;
  if (!before)
    return { reasons: (recorded ?? [{ type: 'never-run' }]).map(reasonText), before: null, changes: [] };
  const { keyDocument } = before.manifest;
  const context = { listing: (digest: string) => readListing(layout.cache, digest) };
  const reasons = recorded ?? reasonsBetween(keyDocument, manifest.keyDocument, context);
  return {
    reasons: reasons.map(reasonText),
    before: { kind: before.manifest.kind, key: before.manifest.key, run: before.run },
    changes: changesBetween(keyDocument, manifest.keyDocument),
  };
}

/** What the stage had in the latest run of the spec before this one. */
async function artifactBefore(
  store: Store,
  { id, spec }: RunRecord,
  stage: string,
  key: string,
  records: readonly RunRecord[],
): Promise<{ readonly manifest: Manifest; readonly run: string } | undefined> {
  for (const record of records) {
    const earlier = record.id < id && record.spec.name === spec.name ? record.stages[stage] : undefined;
    if (!earlier?.key || earlier.key === key) continue;
    const found = await findWhole(store, earlier.kind, earlier.key);
    if (found) return { manifest: found.manifest, run: record.id };
  }
  return undefined;
}

/** Every member that differs, by its path. */
function changesBetween(before: KeyDocument, after: KeyDocument): WhyView['changes'] {
  const changes: { name: string; before: Json; after: Json }[] = [];
  const visit = (a: Json | undefined, b: Json | undefined, name: string): void => {
    if (canonicalJson(a ?? null) === canonicalJson(b ?? null)) return;
    if (isObject(a) && isObject(b) && !Object.hasOwn(a, '$digest'))
      for (const member of new Set([...Object.keys(a), ...Object.keys(b)]))
        visit(
          (a as Record<string, Json>)[member],
          (b as Record<string, Json>)[member],
          name === '' ? member : `${name}.${member}`,
        );
    else changes.push({ name, before: a ?? null, after: b ?? null });
  };
  visit(before as unknown as Json, after as unknown as Json, '');
  return changes;
}
