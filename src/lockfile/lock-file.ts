/**
 * The lock of a spec: a YAML file beside it with the digest of every stage's result, and enough of its key document to
 * explain a difference. Unrelated to the locks of src/store/lock.ts, which keep two processes from one key.
 */
import { readFileSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import { parse, stringify } from 'yaml';
import { PipelineError } from '../base/diagnostic.ts';
import { isObject } from '../base/json.ts';
import type { KeyDocument } from '../store/manifest.ts';

/** One stage in the lock: its key document, with strings in `parameters` masked (`mask.ts`), key, digest and origin. */
export interface LockedStage extends Omit<KeyDocument, 'format'> {
  readonly key: string;
  readonly digest: string;
  readonly headline: string | null;
  /** Platform and Node version where these bytes were made; for people. */
  readonly made: string;
}

export interface LockFile {
  readonly format: 1;
  /** Name of the spec. */
  readonly spec: string;
  /** The engine of the numeric stages; null where there are none. */
  readonly engine: string | null;
  readonly stages: Readonly<Record<string, LockedStage>>;
}

/** `quickstart.yaml` → `quickstart.lock.yaml`, in the same folder. */
export function lockFileOf(specFile: string): string {
  return join(dirname(specFile), `${basename(specFile, extname(specFile))}.lock.yaml`);
}

/** The lock in a file; undefined where there is no file. Throws `E_LOCK` where it is no lock. */
export function readLock(file: string): LockFile | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw unreadable(file, 'it cannot be read', error);
  }
  let value: unknown;
  try {
    value = parse(text);
  } catch (error) {
    throw unreadable(file, 'it is not valid YAML', error);
  }
  if (!isObject(value) || !isObject(value['stages'])) throw unreadable(file, 'it is not a lock');
  if (value['format'] !== 1)
    throw unreadable(file, `it has format ${String(value['format'])}, and this version supports format 1`);
  for (const [name, stage] of Object.entries(value['stages']))
    if (!isLockedStage(stage)) throw unreadable(file, `the entry of '${name}' is not complete`);
  return value as unknown as LockFile;
}

function unreadable(file: string, why: string, cause?: unknown): PipelineError {
  const hint = /^(<{7}|>{7})/m.test(textOf(file))
    ? 'It contains the marks of a merge conflict. Resolve it, or write the lock again with `pipeline lock`.'
    : 'Write it again with `pipeline lock`.';
  return new PipelineError('E_LOCK', `${file} cannot be used: ${why}`, { hint, cause });
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function isLockedStage(value: unknown): value is LockedStage {
  if (!isObject(value)) return false;
  const texts = ['kind', 'key', 'digest', 'code', 'made'].every((name) => typeof value[name] === 'string');
  return texts && ['parameters', 'inputs', 'libraries'].every((name) => isObject(value[name]));
}

const COMMENT = `# Written by \`pipeline lock\`. \`pipeline run --locked\` holds every result to its digest here (docs/LOCK.md).
`;

/** The text of a lock: stages by name in code-unit order, each one block, so that git merges different stages. */
export function lockText({ spec, engine, stages }: LockFile): string {
  const yaml = (value: unknown): string => stringify(value, { lineWidth: 0, aliasDuplicateObjects: false });
  const blocks = Object.keys(stages)
    .sort()
    .map((name) => indent(yaml({ [name]: sorted(stages[name]!) })));
  return `${COMMENT}${yaml({ format: 1, spec, engine })}stages:\n${blocks.join('\n')}`;
}

function sorted(stage: LockedStage): object {
  const { kind, key, digest, headline, made, code, engine, libraries, inputs, parameters } = stage;
  const members = { libraries, inputs, parameters };
  return { kind, key, digest, headline, made, code, engine, ...(byName(members) as object) };
}

/** Objects with their members in code-unit order, at every depth. */
function byName(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(byName);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((name) => [name, byName(value[name])]),
  );
}

function indent(text: string): string {
  return text.replace(/^(?=.)/gm, '  ');
}
