/** Why a stage runs: the differences between its key document and that of an earlier execution. */
import { canonicalJson, isObject, type Json } from '../base/json.ts';
import type { Engine } from '../stage.ts';
import type { KeyDocument } from '../store/manifest.ts';
import type { Listing } from '../store/listing.ts';
import { isFiles, type FilesValue } from './key.ts';

export type Reason =
  | { readonly type: 'never-run' }
  | { readonly type: 'forced' }
  /** The artifact was in the store and is not any more. */
  | { readonly type: 'missing' }
  | { readonly type: 'damaged'; readonly why: string }
  | { readonly type: 'kind'; readonly before: string; readonly after: string }
  /** `files` where it is known which sources changed. */
  | { readonly type: 'code'; readonly files?: readonly FileChange[] }
  | { readonly type: 'parameter'; readonly name: string; readonly before: Json; readonly after: Json }
  | { readonly type: 'files'; readonly name: string; readonly files?: readonly FileChange[] }
  | { readonly type: 'input'; readonly slot: string; readonly stages?: readonly string[] }
  | { readonly type: 'engine'; readonly before: string; readonly after: string }
  | { readonly type: 'library'; readonly name: string; readonly before: string; readonly after: string };

export interface FileChange {
  readonly path: string;
  readonly change: 'changed' | 'added' | 'removed';
}

/** What is known besides the documents. */
export interface ReasonContext {
  /** The files behind a digest, where they are remembered. */
  readonly listing?: (digest: string) => Listing | undefined;
  /** Slot → the stages that feed it now. */
  readonly inputs?: Readonly<Record<string, readonly string[]>>;
}

/** Every difference, in the order kind, code, parameters, inputs, engine, libraries. */
export function reasonsBetween(
  before: KeyDocument,
  after: KeyDocument,
  context: ReasonContext = {},
): Reason[] {
  if (before.kind !== after.kind) return [{ type: 'kind', before: before.kind, after: after.kind }];
  const reasons: Reason[] = [];
  if (before.code !== after.code)
    reasons.push({ type: 'code', ...changedFiles(before.code, after.code, context) });
  reasons.push(...parameterReasons(before.parameters, after.parameters, '', context));
  for (const slot of names(before.inputs, after.inputs))
    if (differ(before.inputs[slot], after.inputs[slot]))
      reasons.push(inputReason(slot, before, after, context));
  const [engineBefore, engineAfter] = [engineText(before.engine), engineText(after.engine)];
  if (engineBefore !== engineAfter)
    reasons.push({ type: 'engine', before: engineBefore, after: engineAfter });
  for (const name of names(before.libraries, after.libraries)) {
    const [old, current] = [before.libraries[name] ?? 'none', after.libraries[name] ?? 'none'];
    if (old !== current) reasons.push({ type: 'library', name, before: old, after: current });
  }
  return reasons;
}

function inputReason(slot: string, before: KeyDocument, after: KeyDocument, context: ReasonContext): Reason {
  const stages = context.inputs?.[slot];
  if (!stages) return { type: 'input', slot };
  const [old, current] = [[before.inputs[slot] ?? []].flat(), [after.inputs[slot] ?? []].flat()];
  // In a list of another length, every stage counts as changed.
  const changed =
    old.length === current.length ? stages.filter((_, index) => old[index] !== current[index]) : stages;
  return { type: 'input', slot, stages: changed };
}

function parameterReasons(
  before: Json | undefined,
  after: Json | undefined,
  name: string,
  context: ReasonContext,
): Reason[] {
  if (!differ(before, after)) return [];
  if (isFiles(before) && isFiles(after))
    return [{ type: 'files', name, ...changedFiles(before.$digest, after.$digest, context) }];
  if (isObject(before) && isObject(after)) {
    const [old, current] = [before as Record<string, Json>, after as Record<string, Json>];
    return names(old, current).flatMap((member) =>
      parameterReasons(old[member], current[member], name === '' ? member : `${name}.${member}`, context),
    );
  }
  if (Array.isArray(before) && Array.isArray(after) && before.length === after.length)
    return (before as Json[]).flatMap((item, index) =>
      parameterReasons(item, (after as Json[])[index], `${name}.${index}`, context),
    );
  return [{ type: 'parameter', name, before: before ?? null, after: after ?? null }];
}

function changedFiles(
  before: string,
  after: string,
  { listing }: ReasonContext,
): { readonly files?: readonly FileChange[] } {
  const [old, current] = [listing?.(before), listing?.(after)];
  if (!old || !current) return {};
  const files = names(old, current)
    .filter((path) => old[path] !== current[path])
    .map((path): FileChange => {
      if (old[path] === undefined) return { path, change: 'added' };
      return { path, change: current[path] === undefined ? 'removed' : 'changed' };
    });
  return files.length > 0 ? { files } : {};
}

function names(a: object, b: object): string[] {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].sort();
}

function differ(a: unknown, b: unknown): boolean {
  return canonicalJson((a ?? null) as Json) !== canonicalJson((b ?? null) as Json);
}

export function engineText(engine: Engine | null): string {
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
      return `the stage kind's code changed${reason.files ? ` in ${filesText(reason.files, false)}` : ''}`;
    case 'parameter':
      return `${reason.name}: ${short(reason.before)} → ${short(reason.after)}`;
    case 'files':
      return `${reason.name}: ${reason.files ? filesText(reason.files, true) : 'the files changed'}`;
    case 'input':
      return `input ${reason.slot} changed${fedBy(reason)}`;
    case 'engine':
      return `engine: ${reason.before} → ${reason.after}`;
    case 'library':
      return `${reason.name}: ${reason.before} → ${reason.after}`;
  }
}

/** Which stage a changed input comes from, where its name is not the slot's. */
function fedBy({ slot, stages = [] }: Extract<Reason, { type: 'input' }>): string {
  if (stages.length === 0 || (stages.length === 1 && stages[0] === slot)) return '';
  return ` (${listed(stages)})`;
}

function filesText(files: readonly FileChange[], saysHow: boolean): string {
  return listed(
    files.map(({ path, change }) => (saysHow || change !== 'changed' ? `${path} ${change}` : path)),
  );
}

const MOST_LISTED = 3;

function listed(items: readonly string[]): string {
  const rest = items.length - MOST_LISTED;
  return rest <= 1 ? items.join(', ') : `${items.slice(0, MOST_LISTED).join(', ')} and ${rest} more`;
}

const LONGEST = 40;

function short(value: Json): string {
  const text = isFiles(value) ? filesName(value) : JSON.stringify(value);
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
}

function filesName({ $files }: FilesValue): string {
  return $files === 1 ? 'a file' : `${$files} files`;
}
