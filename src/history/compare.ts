/** What two or more runs differ in. */
import type { RunRecord } from './record.ts';
import { metricsOf, parametersOf, type Scalar, type Values } from './values.ts';

export interface Difference {
  readonly name: string;
  /** One value a run, in their order; undefined where a run has none of the name. */
  readonly values: readonly (Scalar | undefined)[];
  /** Value minus the first run's, for numbers; undefined otherwise, and for the first. */
  readonly deltas: readonly (number | undefined)[];
}

export interface RunComparison {
  readonly runs: readonly string[];
  /** What was asked for, then what it was made with, then what came out. */
  readonly parameters: readonly Difference[];
  readonly environment: readonly Difference[];
  readonly metrics: readonly Difference[];
  /** Stages whose content differs, with each run's digest. */
  readonly stages: readonly Difference[];
}

export function compareRuns(records: readonly RunRecord[]): RunComparison {
  return {
    runs: records.map(({ id }) => id),
    parameters: differences(records.map(parametersOf)),
    environment: differences(records.map(environmentOf)),
    metrics: differences(records.map(metricsOf)),
    stages: differences(records.map(digestsOf)),
  };
}

function environmentOf({ environment, engine }: RunRecord): Values {
  const text = engine && `${engine.backend} (${engine.device}, ${engine.precision}, ${engine.version})`;
  return { engine: text, ...environment };
}

function digestsOf({ stages }: RunRecord): Values {
  return Object.fromEntries(Object.entries(stages).map(([name, { digest }]) => [name, digest]));
}

/** Names whose values are not all the same, in the order in which they first appear. */
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
