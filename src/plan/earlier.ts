/** Earlier executions of a stage, and which of them is nearest to what it would do now. */
import type { Key } from '../base/hash.ts';
import { wholeArtifact, type Artifact } from '../store/local/artifacts.ts';
import type { StoreLayout } from '../store/layout.ts';
import type { KeyDocument } from '../store/manifest.ts';
import { reasonsBetween, type Reason, type ReasonContext } from './reason.ts';

export interface EarlierKey {
  readonly kind: string;
  readonly key: Key;
  /** Of the very stage, and not of a sibling in its matrix. */
  readonly own: boolean;
}

export interface Earlier extends EarlierKey {
  readonly artifact: Artifact;
}

/** An explanation needs a near one, not the nearest of thousands. */
const MOST_COMPARED = 12;

/** Finds those whose artifacts are still there; each is looked at once, however many stages it is near to. */
export function earlierArtifacts(layout: StoreLayout): (keys: readonly EarlierKey[]) => Earlier[] {
  const seen = new Map<Key, Artifact | undefined>();
  return (keys) =>
    keys.slice(0, MOST_COMPARED).flatMap((one) => {
      if (!seen.has(one.key)) seen.set(one.key, wholeArtifact(layout, one.kind, one.key));
      const artifact = seen.get(one.key);
      return artifact ? [{ ...one, artifact }] : [];
    });
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
