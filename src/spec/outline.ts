/** Reads everything in a spec except the stages' parameters, which are checked against their kind's schema later. */
import { didYouMean } from '../base/nearest.ts';
import { readExecution, readTruth, type Execution } from './stages/execution.ts';
import { readMatrix, type Matrix } from './stages/matrix.ts';
import { checkNames, isFailed } from './text/names.ts';
import { errorAt, type Place, type Report } from './text/source.ts';
import type { SweepRequest } from './sweep/request-types.ts';
import { readSweep } from './sweep/sweep-request.ts';
import type { EngineRequest } from '../stage.ts';
import { describe, isNull, mapNode, toJson, type Entry, type MapNode, type ScalarNode } from './text/tree.ts';
import {
  alternatives,
  ENGINE_VALUES,
  RESERVED_STAGE_NAMES,
  SPEC_NAMES,
  STAGE_FIELDS,
  STAGE_NAME,
} from './text/vocabulary.ts';

/** A stage as written, with its values interpolated. */
export interface RawStage {
  readonly name: string;
  readonly key: Place;
  readonly description: string | undefined;
  readonly uses: ScalarNode;
  readonly inputs: MapNode;
  readonly with: MapNode;
  /** The name `with` in the file, or the stage's name if it has none. */
  readonly withKey: Place;
  readonly matrix: Matrix | undefined;
  readonly execution: Execution;
}

export interface Outline {
  readonly name: string | undefined;
  readonly description: string | undefined;
  readonly params: MapNode;
  readonly engine: EngineRequest;
  readonly strict: boolean;
  readonly sweep: SweepRequest | undefined;
  /** Stages whose outline is valid; the others are reported. */
  readonly stages: readonly RawStage[];
  /** Names of all stages, valid or not. */
  readonly stageNames: readonly string[];
}

export function readOutline(root: MapNode, report: Report): Outline {
  // Names that begin with x- are ignored: a place for anchors.
  checkNames(root, SPEC_NAMES, 'the spec', report, (name) => name.startsWith('x-'));
  const stages = root.entries.get('stages');
  const entries = stages ? [...(asMap(stages, 'stages', report, stages.key)?.entries ?? [])] : [];
  if (!stages || (entries.length === 0 && (stages.value.type === 'map' || isNull(stages.value))))
    report(
      errorAt(stages?.key ?? { ...root.place, end: root.place.start + 1 }, 'the spec has no stages', {
        hint: 'Example: `stages: {corpus: {uses: ingest, with: {…}}}`.',
      }),
    );
  return {
    name: readName(root.entries.get('name'), report),
    description: readText(root.entries.get('description'), 'description', report),
    params: asMap(root.entries.get('params'), 'params', report, root.place) ?? mapNode(new Map(), root.place),
    engine: readEngine(asMap(root.entries.get('engine'), 'engine', report, root.place), report),
    strict: readTruth(root, 'strict', report) ?? false,
    sweep: readSweep(
      root.entries.get('sweep'),
      entries.map(([name]) => name),
      report,
    ),
    stages: entries.flatMap(([name, entry]) => readStage(name, entry, report) ?? []),
    stageNames: entries.map(([name]) => name),
  };
}

function readStage(name: string, entry: Entry, report: Report): RawStage | undefined {
  if (!STAGE_NAME.test(name)) {
    const hint = 'A name has letters, digits, _ and -, and begins with a letter or _.';
    report(errorAt(entry.key, `'${name}' is not a valid stage name`, { hint }));
  } else if (RESERVED_STAGE_NAMES.includes(name))
    report(
      errorAt(entry.key, `a stage cannot be called '${name}'`, {
        hint: `Rename it: \`--set ${name}.…\` refers to the spec's own \`${name}\`.`,
      }),
    );
  const { value } = entry;
  if (value.type !== 'map') {
    if (!isFailed(value))
      report(
        errorAt(isNull(value) ? entry.key : value.place, `the stage '${name}' has no \`uses\``, {
          hint: `Example: \`${name}: {uses: ingest}\`.`,
        }),
      );
    return undefined;
  }
  checkNames(value, STAGE_FIELDS, 'a stage', report);
  const uses = readUses(name, entry.key, value, report);
  const description = readText(value.entries.get('description'), 'description', report);
  const inputs = asMap(value.entries.get('inputs'), 'inputs', report, entry.key);
  const parameters = asMap(value.entries.get('with'), 'with', report, entry.key);
  const matrix = readMatrix(value.entries.get('matrix'), report);
  const execution = readExecution(value, report);
  if (!uses || !inputs || !parameters) return undefined;
  const withKey = value.entries.get('with')?.key ?? entry.key;
  return { name, key: entry.key, description, uses, inputs, with: parameters, withKey, matrix, execution };
}

function readUses(name: string, key: Place, stage: MapNode, report: Report): ScalarNode | undefined {
  const uses = stage.entries.get('uses');
  if (!uses || isNull(uses.value)) {
    report(
      errorAt(uses?.key ?? key, `the stage '${name}' has no \`uses\``, {
        hint: 'Name a built-in kind, such as `uses: ingest`, or your own module, such as `uses: ./kind.ts`.',
      }),
    );
    return undefined;
  }
  if (uses.value.type === 'scalar' && typeof uses.value.value === 'string') return uses.value;
  if (!isFailed(uses.value))
    report(
      errorAt(uses.value.place, `\`uses\` must be the name of a kind, got ${describe(toJson(uses.value))}`),
    );
  return undefined;
}

function readEngine(written: MapNode | undefined, report: Report): EngineRequest {
  if (written) checkNames(written, Object.keys(ENGINE_VALUES), '`engine`', report);
  const choice = <T extends string>(name: string, values: readonly T[]): T => {
    const node = written?.entries.get(name)?.value;
    if (!node || isFailed(node)) return values[0]!;
    const value = toJson(node);
    const found = values.find((one) => one === value);
    if (found !== undefined) return found;
    const hint = typeof value === 'string' ? didYouMean(value, values) : undefined;
    const message = `\`${name}\` must be ${alternatives(values)}, got ${describe(value)}`;
    report(errorAt(node.place, message, { hint }));
    return values[0]!;
  };
  return {
    backend: choice('backend', ENGINE_VALUES.backend),
    precision: choice('precision', ENGINE_VALUES.precision),
  };
}

function readName(entry: Entry | undefined, report: Report): string | undefined {
  const name = readText(entry, 'name', report);
  if (name !== undefined && (name.trim() === '' || /[\n\r]/.test(name)))
    report(errorAt(entry!.value.place, '`name` must be one line of text'));
  return name;
}

function readText(entry: Entry | undefined, name: string, report: Report): string | undefined {
  if (!entry || isNull(entry.value) || isFailed(entry.value)) return undefined;
  const value = toJson(entry.value);
  if (typeof value === 'string') return value;
  const hint = typeof value === 'object' ? undefined : `Write '${String(value)}' in quotes.`;
  report(errorAt(entry.value.place, `\`${name}\` must be a string, got ${describe(value)}`, { hint }));
  return undefined;
}

/** A mapping. An absent or empty one has no entries; an absent one is located at `otherwise`. */
function asMap(
  entry: Entry | undefined,
  name: string,
  report: Report,
  otherwise: Place,
): MapNode | undefined {
  if (!entry || isNull(entry.value)) return mapNode(new Map(), entry?.key ?? otherwise);
  if (entry.value.type === 'map') return entry.value;
  if (!isFailed(entry.value)) {
    const got = describe(toJson(entry.value));
    report(errorAt(entry.value.place, `\`${name}\` must be a mapping, got ${got}`));
  }
  return undefined;
}
