/** A cache of valid specs, so that a rerun needs neither the YAML parser nor the schema compiler. */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Diagnostic } from '../base/diagnostic.ts';
import { writeAtomically } from '../base/files.ts';
import { digestOf, digestOfJson, type Digest } from '../base/hash.ts';
import type { Kind } from '../kinds/kind.ts';
import type { Checked, KindReference, LoadedSpec, LoadOptions, Spec, StageSpec } from './spec.ts';

/** Everything that the result of the check depends on, and the result. */
interface Remembered {
  readonly format: 1;
  /** Identifies the code that checked the spec. */
  readonly checker: string;
  readonly files: readonly (readonly [path: string, digest: Digest])[];
  /** Only digests of the values, because a secret must not be written to a cache. */
  readonly variables: readonly (readonly [name: string, digest: Digest | null])[];
  /** The distinct kinds, with the digests of their code, which includes their schemas. */
  readonly kinds: readonly { readonly reference: KindReference; readonly code: Digest }[];
  readonly spec: Omit<Spec, 'stages'>;
  readonly stages: readonly (Omit<StageSpec, 'kind'> & { readonly kind: number })[];
  readonly warnings: readonly Diagnostic[];
}

export interface Memory {
  recall(): Promise<LoadedSpec | undefined>;
  remember(checked: Checked): void;
}

export function openMemory(folder: string, file: string, options: LoadOptions): Memory {
  const question = [file, [...(options.set ?? [])], options.paramsFile ?? null];
  const record = join(folder, 'specs', `${digestOfJson(question)}.json`);
  return {
    recall: () => recall(record, options),
    remember(checked): void {
      if (sizeOf(checked) > MAX_RECORD) return;
      try {
        // A spec may contain values of variables, so only the owner may read the record.
        writeAtomically(record, JSON.stringify(recordOf(checked)), { mode: 0o600 });
      } catch {
        // A read-only store can still be used: the next run is only slower.
      }
    },
  };
}

/** Characters. Reading a larger record takes longer than checking the spec. */
const MAX_RECORD = 20_000_000;

/** An upper bound of what the places in the spec take: each has the whole text of its line. */
function sizeOf({ spec, warnings, files }: Checked): number {
  const places = warnings.length + spec.stages.reduce((sum, { paths }) => sum + 1 + paths.length, 0);
  let longest = 0;
  for (const text of files.values())
    for (let from = 0; from <= text.length;) {
      const end = text.indexOf('\n', from);
      const until = end === -1 ? text.length : end;
      longest = Math.max(longest, until - from);
      from = until + 1;
    }
  return places * longest;
}

function checker(): string {
  const own = statSync(fileURLToPath(import.meta.url), { bigint: true });
  return `${own.size} ${own.mtimeNs} ${process.version}`;
}

function ownValue(env: LoadOptions['env'], name: string): string | undefined {
  return env && Object.hasOwn(env, name) ? env[name] : undefined;
}

const digestOfVariable = (value: string | undefined): Digest | null =>
  value === undefined ? null : digestOf(value);

/** Digest of a file's text, without a byte order mark. */
const digestOfText = (text: string): Digest => digestOf(text.startsWith('\ufeff') ? text.slice(1) : text);

async function recall(record: string, options: LoadOptions): Promise<LoadedSpec | undefined> {
  try {
    const known = JSON.parse(readFileSync(record, 'utf8')) as Remembered;
    const same =
      known.checker === checker() &&
      known.files.every(([path, digest]) => digestOfText(readFileSync(path, 'utf8')) === digest) &&
      known.variables.every(([name, digest]) => digestOfVariable(ownValue(options.env, name)) === digest);
    if (!same) return undefined;
    const kinds: Kind[] = [];
    for (const { reference, code } of known.kinds) {
      const kind =
        'builtIn' in reference
          ? options.kinds.builtIn(reference.builtIn)
          : await options.kinds.module(reference.module);
      if (kind?.code !== code) return undefined;
      kinds.push(kind);
    }
    const stages = known.stages.map((stage) => ({ ...stage, kind: kinds[stage.kind]! }));
    return { spec: { ...known.spec, stages }, warnings: known.warnings };
  } catch {
    // The record is missing or damaged, or a module has an error: the full check reports it.
    return undefined;
  }
}

function recordOf({
  spec: { stages: all, ...spec },
  warnings,
  kinds,
  files,
  variables,
}: Checked): Remembered {
  const distinct = new Map<
    string,
    { readonly index: number; readonly reference: KindReference; readonly code: Digest }
  >();
  const stages = all.map((stage) => {
    const reference = kinds.get(stage.group ?? stage.name)!;
    const name = JSON.stringify(reference);
    if (!distinct.has(name)) distinct.set(name, { index: distinct.size, reference, code: stage.kind.code });
    return { ...stage, kind: distinct.get(name)!.index };
  });
  return {
    format: 1,
    checker: checker(),
    files: [...files].map(([path, text]) => [path, digestOf(text)] as const),
    variables: [...variables].map(([name, value]) => [name, digestOfVariable(value)] as const),
    kinds: [...distinct.values()].map(({ reference, code }) => ({ reference, code })),
    spec,
    stages,
    warnings,
  };
}
