/** Earlier executions of a stage, and which of them differs least from what it would do now. */
import type { Key } from '../base/hash.ts';
import type { KeyDocument } from '../store/manifest.ts';
import { findWhole, type FoundArtifact, type Store } from '../store/store.ts';
import { reasonsBetween, type Reason, type ReasonContext } from './reason.ts';

export interface EarlierKey {
  readonly kind: string;
  readonly key: Key;
  /** Of the stage itself, not of a sibling in its matrix. */
  readonly own: boolean;
}

export interface Earlier extends EarlierKey {
  readonly artifact: FoundArtifact;
}

/** An explanation needs a similar execution, not the most similar of thousands. */
const MOST_COMPARED = 12;

/** Finds those whose artifacts are still there; each is looked up once, however many stages it is similar to. */
export function earlierArtifacts(store: Store): (keys: readonly EarlierKey[]) => Promise<Earlier[]> {
  const seen = new Map<Key, FoundArtifact | undefined>();
  return async (keys) => {
    const found: Earlier[] = [];
    for (const one of keys.slice(0, MOST_COMPARED)) {
      if (!seen.has(one.key)) seen.set(one.key, await findWhole(store, one.kind, one.key));
      const artifact = seen.get(one.key);
      if (artifact) found.push({ ...one, artifact });
    }
    return found;
  };
}

/** The one with the fewest differences, the first of equals; `slots` narrows the inputs that count. */
export function nearest(
  executions: readonly Earlier[],
  document: KeyDocument,
  context: ReasonContext,
  slots?: readonly string[],
): { readonly key: Key; readonly reasons: readonly Reason[] } | undefined {
  let best: { readonly key: Key; readonly reasons: readonly Reason[] } | undefined;
  for (const { key, artifact } of executions) {
    const reasons = reasonsBetween(artifact.manifest.keyDocument, document, context).filter(
      (reason) => reason.type !== 'input' || slots === undefined || slots.includes(reason.slot),
    );
    if (!best || reasons.length < best.reasons.length) best = { key, reasons };
  }
  return best;
}
