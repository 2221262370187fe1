/** A stage's result compared with its entry in the lock: bytes decide, keys explain. */
import type { JsonObject } from '../base/json.ts';
import { reasonsBetween, reasonText, type Reason, type ReasonContext } from '../plan/reason.ts';
import type { KeyDocument, Manifest } from '../store/manifest.ts';
import type { LockedStage } from './lock-file.ts';
import { isMasked, lockedStage, masked } from './mask.ts';

export interface Comparison {
  readonly bytes: 'same' | 'other';
  readonly key: 'same' | 'other';
  /** What differs in the key documents, in a few words each; empty where the key is the same. */
  readonly because: readonly string[];
  /** Where the locked bytes and these were made. */
  readonly made: { readonly locked: string; readonly here: string };
}

export function compareWithLock(
  locked: LockedStage,
  manifest: Manifest,
  context: ReasonContext = {},
): Comparison {
  const sameKey = locked.key === manifest.key;
  const here = lockedStage(manifest);
  return {
    bytes: locked.digest === manifest.digest ? 'same' : 'other',
    key: sameKey ? 'same' : 'other',
    because: sameKey ? [] : reasons(locked, manifest.keyDocument, context),
    made: { locked: locked.made, here: here.made },
  };
}

function reasons(locked: LockedStage, document: KeyDocument, context: ReasonContext): string[] {
  const { kind, code, parameters, inputs, engine, libraries } = locked;
  const before: KeyDocument = { format: 1, kind, code, parameters, inputs, engine, libraries };
  const after = { ...document, parameters: masked(document.parameters) as JsonObject };
  const found = reasonsBetween(before, after, context).map(textOf);
  return found.length > 0 ? found : ['its key document has another form'];
}

function textOf(reason: Reason): string {
  if (reason.type === 'parameter' && (isMasked(reason.before) || isMasked(reason.after)))
    return `${reason.name} changed`;
  return reasonText(reason);
}

/** Why the bytes may differ, as a sentence without its full stop. */
export function explanation({ key, because, made }: Comparison): string {
  if (key === 'other') return `its key differs too: ${because.join('; ')}`;
  const where =
    made.locked === made.here
      ? `both made on ${made.here}`
      : `locked on ${made.locked}, made here on ${made.here}`;
  return `same key, different bytes, so the stage is not reproducible (${where})`;
}
