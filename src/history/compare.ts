/** The differences between two or more runs. */
import type { RunRecord } from './record.ts';
import { metricsOf, parametersOf, wiringOf, type Scalar, type Values } from './values.ts';

export interface Difference {
  readonly name: string;
  /** One value per run, in their order; undefined if a run has no value. */
  readonly values: readonly (Scalar | undefined)[];
  /** Difference from the first run, for numbers; undefined otherwise, and for the first run. */
  readonly deltas: readonly (number | undefined)[];
}

export interface RunComparison {
  readonly runs: readonly string[];
  /** Parameters and wiring, then the environment, then the results. */
  readonly parameters: readonly Difference[];
  /** Kinds and inputs of the stages that every run has. */
  readonly wiring: readonly Difference[];
  readonly environment: readonly Difference[];
  readonly metrics: readonly Difference[];
  /** The digest of each stage's artifact in each run. */
  readonly stages: readonly Difference[];
  /** Stages whose number of warnings differs. */
  readonly warnings: readonly Difference[];
}

/** What differs, or with `all` what is equal too. */
export function compareRuns(records: readonly RunRecord[], all = false): RunComparison {
  return {
    runs: records.map(({ id }) => id),
    parameters: differences(records.map(parametersOf), all),
    wiring: differences(wiringsOf(records), all),
    environment: differences(records.map(environmentOf), all),
    metrics: differences(records.map(metricsOf), all),
    stages: differences(records.map(digestsOf), all),
    warnings: differences(records.map(warningCountsOf), all),
  };
}

function wiringsOf(records: readonly RunRecord[]): Values[] {
  const shared = (name: string): boolean => records.every(({ stages }) => Object.hasOwn(stages, name));
  return records.map((record) => wiringOf(record, shared));
}

function environmentOf({ environment, engine }: RunRecord): Values {
  const text = engine && `${engine.backend} (${engine.device}, ${engine.precision}, ${engine.version})`;
  return { engine: text, ...environment };
}

function digestsOf({ stages }: RunRecord): Values {
  return Object.fromEntries(Object.entries(stages).map(([name, { digest }]) => [name, digest]));
}

function warningCountsOf({ stages }: RunRecord): Values {
  return Object.fromEntries(
    Object.entries(stages).map(([name, { warnings = [] }]) => [name, warnings.length]),
  );
}

/** Names whose values differ, or all names, in the order of their first appearance. */
function differences(runs: readonly Values[], all: boolean): Difference[] {
  const names = [...new Set(runs.flatMap(Object.keys))];
  return names
    .map((name) =>
      difference(
        name,
        runs.map((values) => (Object.hasOwn(values, name) ? values[name] : undefined)),
      ),
    )
    .filter(({ values }) => all || values.some((value) => value !== values[0]));
}

function difference(name: string, values: readonly (Scalar | undefined)[]): Difference {
  const [first] = values;
  const deltas = values.map((value, index) =>
    index > 0 && typeof value === 'number' && typeof first === 'number' ? value - first : undefined,
  );
  return { name, values, deltas };
}
