/** Why a stage runs: the differences between its key document and that of an earlier execution. */
import { canonicalJson, isObject, type Json } from '../base/json.ts';
import type { KeyDocument } from '../store/manifest.ts';

export type Reason =
  | { readonly type: 'never-run' }
  | { readonly type: 'forced' }
  /** The artifact was here once and is not any more. */
  | { readonly type: 'missing' }
  | { readonly type: 'damaged'; readonly why: string }
  | { readonly type: 'kind'; readonly before: string; readonly after: string }
  | { readonly type: 'code' }
  | { readonly type: 'parameter'; readonly name: string; readonly before: Json; readonly after: Json }
  | { readonly type: 'files'; readonly name: string }
  | { readonly type: 'input'; readonly slot: string }
  | { readonly type: 'engine'; readonly before: string; readonly after: string }
  | { readonly type: 'library'; readonly name: string; readonly before: string; readonly after: string };

/** Every difference, in the order kind, code, parameters, inputs, engine, libraries. */
export function reasonsBetween(before: KeyDocument, after: KeyDocument): Reason[] {
  if (before.kind !== after.kind) return [{ type: 'kind', before: before.kind, after: after.kind }];
  const reasons: Reason[] = [];
  if (before.code !== after.code) reasons.push({ type: 'code' });
  reasons.push(...parameterReasons(before.parameters, after.parameters, ''));
  for (const slot of names(before.inputs, after.inputs))
    if (differ(before.inputs[slot], after.inputs[slot])) reasons.push({ type: 'input', slot });
  const [engineBefore, engineAfter] = [engineText(before), engineText(after)];
  if (engineBefore !== engineAfter)
    reasons.push({ type: 'engine', before: engineBefore, after: engineAfter });
  for (const name of names(before.libraries, after.libraries)) {
    const [old, current] = [before.libraries[name] ?? 'none', after.libraries[name] ?? 'none'];
    if (old !== current) reasons.push({ type: 'library', name, before: old, after: current });
  }
  return reasons;
}

function parameterReasons(before: Json | undefined, after: Json | undefined, name: string): Reason[] {
  if (!differ(before, after)) return [];
  if (isFiles(before) && isFiles(after)) return [{ type: 'files', name }];
  if (isObject(before) && isObject(after)) {
    const [old, current] = [before as Record<string, Json>, after as Record<string, Json>];
    return names(old, current).flatMap((member) =>
      parameterReasons(old[member], current[member], name === '' ? member : `${name}.${member}`),
    );
  }
  if (Array.isArray(before) && Array.isArray(after) && before.length === after.length)
    return (before as Json[]).flatMap((item, index) =>
      parameterReasons(item, (after as Json[])[index], `${name}.${index}`),
    );
  return [{ type: 'parameter', name, before: before ?? null, after: after ?? null }];
}

function isFiles(value: unknown): boolean {
  return isObject(value) && '$digest' in value;
}

function names(a: object, b: object): string[] {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].sort();
}

function differ(a: unknown, b: unknown): boolean {
  return canonicalJson((a ?? null) as Json) !== canonicalJson((b ?? null) as Json);
}

function engineText({ engine }: KeyDocument): string {
  return engine ? `${engine.backend} (${engine.device}, ${engine.precision}, ${engine.version})` : 'none';
}

/** One reason in a few words. */
export function reasonText(reason: Reason): string {
  switch (reason.type) {
    case 'never-run':
      return 'has not run before';
    case 'forced':
      return 'forced';
    case 'missing':
      return 'its artifact is no longer in the store';
    case 'damaged':
      return `its artifact is damaged: ${reason.why}`;
    case 'kind':
      return `the stage kind is ${reason.after} instead of ${reason.before}`;
    case 'code':
      return "the stage kind's code changed";
    case 'parameter':
      return `${reason.name}: ${short(reason.before)} → ${short(reason.after)}`;
    case 'files':
      return `${reason.name}: the files changed`;
    case 'input':
      return `input ${reason.slot} changed`;
    case 'engine':
      return `engine: ${reason.before} → ${reason.after}`;
    case 'library':
      return `${reason.name}: ${reason.before} → ${reason.after}`;
  }
}

const LONGEST = 40;

function short(value: Json): string {
  const text = isFiles(value) ? 'files' : JSON.stringify(value);
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
}
