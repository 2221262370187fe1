/** The differences between two or more runs. */
import type { RunRecord } from './record.ts';
import { metricsOf, parametersOf, type Scalar, type Values } from './values.ts';

export interface Difference {
  readonly name: string;
  /** One value per run, in their order; undefined if a run has no value. */
  readonly values: readonly (Scalar | undefined)[];
  /** Difference from the first run, for numbers; undefined otherwise, and for the first run. */
  readonly deltas: readonly (number | undefined)[];
}

export interface RunComparison {
  readonly runs: readonly string[];
  /** Parameters, then the environment, then the results. */
  readonly parameters: readonly Difference[];
  readonly environment: readonly Difference[];
  readonly metrics: readonly Difference[];
  /** Stages whose artifacts differ, with the digest in each run. */
  readonly stages: readonly Difference[];
  /** Stages whose number of warnings differs. */
  readonly warnings: readonly Difference[];
}

export function compareRuns(records: readonly RunRecord[]): RunComparison {
  return {
    runs: records.map(({ id }) => id),
    parameters: differences(records.map(parametersOf)),
    environment: differences(records.map(environmentOf)),
    metrics: differences(records.map(metricsOf)),
    stages: differences(records.map(digestsOf)),
    warnings: differences(records.map(warningCountsOf)),
  };
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

/** Names whose values differ, in the order of their first appearance. */
function differences(runs: readonly Values[]): Difference[] {
  const names = [...new Set(runs.flatMap(Object.keys))];
  return names
    .map((name) =>
      difference(
        name,
        runs.map((values) => (Object.hasOwn(values, name) ? values[name] : undefined)),
      ),
    )
    .filter(({ values }) => values.some((value) => value !== values[0]));
}

function difference(name: string, values: readonly (Scalar | undefined)[]): Difference {
  const [first] = values;
  const deltas = values.map((value, index) =>
    index > 0 && typeof value === 'number' && typeof first === 'number' ? value - first : undefined,
  );
  return { name, values, deltas };
}
