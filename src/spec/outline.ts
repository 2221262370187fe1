/** Reads everything in a spec except the stages' parameters, which are checked against their kind's schema later. */
import { didYouMean, nearest } from '../base/nearest.ts';
import type { KindCatalogue } from '../kinds/kind.ts';
import { readExecution, readTruth, type Execution } from './stages/execution.ts';
import { readMatrix, type Matrix } from './stages/matrix.ts';
import { asMapping, flowText, liftFields, repairFields, stageListHint } from './stages/misplaced.ts';
import { checkNames, isFailed } from './text/names.ts';
import { errorAt, type Place, type Report } from './text/source.ts';
import type { SweepRequest } from './sweep/request-types.ts';
import { readSweep } from './sweep/sweep-request.ts';
import type { EngineRequest } from '../stage.ts';
import {
  describe,
  isNull,
  mapNode,
  toJson,
  type Entry,
  type MapNode,
  type Node,
  type ScalarNode,
} from './text/tree.ts';
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
  /** If the kind was changed from outside: the keys in the stage that were there before. */
  readonly usesOver?: ReadonlySet<Place>;
  /** Should be a mapping; what else it is, inputs.ts reports, which knows the slots of the kind. */
  readonly inputs: Node;
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

export function readOutline(root: MapNode, catalogue: KindCatalogue, report: Report): Outline {
  // Names that begin with x- are ignored: a place for anchors.
  const strays = strayStages(root, report);
  checkNames(root, SPEC_NAMES, 'the spec', report, (name) => name.startsWith('x-') || strays.includes(name));
  const stages = root.entries.get('stages');
  const entries = stages
    ? liftFields([...(asMap(stages, 'stages', report, stages.key)?.entries ?? [])], report)
    : [];
  const misnamed = [...root.entries.keys()].some((name) => nearest(name, SPEC_NAMES) === 'stages');
  if (!stages && (strays.length > 0 || misnamed)) {
    // Reported already.
  } else if (!stages || (entries.length === 0 && (stages.value.type === 'map' || isNull(stages.value))))
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
    stages: entries.flatMap(([name, entry]) => readStage(name, entry, catalogue, report) ?? []),
    stageNames: entries.map(([name]) => name),
  };
}

/** Names of stages that are written beside `stages:` instead of under it. */
function strayStages(root: MapNode, report: Report): string[] {
  const strays = [...root.entries].filter(
    ([name, { value }]) => !SPEC_NAMES.includes(name) && value.type === 'map' && value.entries.has('uses'),
  );
  for (const [name, { key }] of strays)
    report(
      errorAt(key, `the stage '${name}' is not under \`stages\``, {
        hint: `Write \`stages:\` on a line of its own, and \`${name}:\` indented below it.`,
      }),
    );
  return strays.map(([name]) => name);
}

function readStage(
  name: string,
  entry: Entry,
  catalogue: KindCatalogue,
  report: Report,
): RawStage | undefined {
  if (!STAGE_NAME.test(name)) {
    const hint = `A name has letters, digits, _ and -, and begins with a letter or _. Write \`${validName(name)}:\`.`;
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
          hint: noStageHint(name, value),
        }),
      );
    return undefined;
  }
  const stage = repairFields(value, catalogue, report);
  const uses = readUses(name, entry.key, stage, report);
  const description = readText(stage.entries.get('description'), 'description', report);
  const written = stage.entries.get('inputs');
  const inputs =
    !written || written.value.type === 'map' || isNull(written.value)
      ? asMap(written, 'inputs', report, entry.key)!
      : written.value;
  const parameters = asMap(stage.entries.get('with'), 'with', report, entry.key);
  const matrix = readMatrix(stage.entries.get('matrix'), report);
  const execution = readExecution(stage, report);
  if (!uses || !parameters) return undefined;
  const withKey = stage.entries.get('with')?.key ?? entry.key;
  const usesOver = stage.entries.get('uses')?.over;
  return {
    name,
    key: entry.key,
    description,
    uses,
    ...(usesOver ? { usesOver } : {}),
    inputs,
    with: parameters,
    withKey,
    matrix,
    execution,
  };
}

/** The same name with _ for what a name may not have. */
function validName(name: string): string {
  const plain = name.trim().replace(/[^A-Za-z0-9_-]+/g, '_');
  return /^[A-Za-z_]/.test(plain) ? plain : `s${plain}`;
}

function noStageHint(name: string, value: Node): string {
  const text = value.type === 'scalar' && typeof value.value === 'string' ? value.value : '';
  const [, field, rest] = /^(\w+)\s*[:=]\s*(\S+)$/.exec(text) ?? [];
  if (field !== undefined && STAGE_FIELDS.includes(field))
    return `Write \`${field}: ${rest!}\`, with a colon and a space.`;
  return `Write \`${name}: {uses: ${/^[\w./-]+$/.test(text) ? text : 'ingest'}}\`.`;
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
  const hint = typeof value === 'object' ? undefined : `Write '${flowText(entry.value)}' in quotes.`;
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
    const mapping = asMapping(entry.value);
    const hint =
      name === 'stages'
        ? stageListHint(entry.value)
        : mapping && `Write \`${name}: ${mapping}\`, without dashes.`;
    report(errorAt(entry.value.place, `\`${name}\` must be a mapping, got ${got}`, { hint }));
  }
  return undefined;
}
