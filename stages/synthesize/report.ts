/** synthesis.json, the metrics, and the warnings of a synthesize stage. Nothing is made here. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CorpusSummary } from '../../src/formats/corpus-summary.ts';
import type { Metrics, StageWarning } from '../../src/stage.ts';
import type { SyntheticQuery } from './generate.ts';
import type { GuardName } from './guards.ts';
import { METHODS } from './methods/methods.ts';
import type { MethodName } from './parameters.ts';

export interface SynthesisReport {
  readonly queries: number;
  readonly held_out: number;
  readonly methods: Readonly<Partial<Record<MethodName, number>>>;
  /** Documents that no method made a usable query of. */
  readonly without_query: number;
  /** Proposals, by the guard that rejected them. */
  readonly rejected: Readonly<Record<GuardName, number>>;
  readonly query_length: 'given' | 'training queries' | 'default';
  /** Some queries of each method, for people. */
  readonly examples: Readonly<Partial<Record<MethodName, readonly string[]>>>;
}

const EXAMPLES = 5;

export function synthesisReport(
  queries: readonly SyntheticQuery[],
  rest: Pick<SynthesisReport, 'without_query' | 'rejected' | 'query_length'>,
): SynthesisReport {
  const names = Object.keys(METHODS) as MethodName[];
  const by = (name: MethodName): readonly SyntheticQuery[] => queries.filter(({ method }) => method === name);
  const used = names.filter((name) => by(name).length > 0);
  return {
    queries: queries.length,
    held_out: queries.filter(({ heldOut }) => heldOut).length,
    methods: Object.fromEntries(used.map((name) => [name, by(name).length])),
    ...rest,
    examples: Object.fromEntries(used.map((name) => [name, spread(by(name)).map(({ text }) => text)])),
  };
}

/** Evenly over the documents. */
function spread(queries: readonly SyntheticQuery[]): SyntheticQuery[] {
  const count = Math.min(EXAMPLES, queries.length);
  return Array.from({ length: count }, (_, i) => queries[Math.floor((i * queries.length) / count)]!);
}

export function writeReport(output: string, report: SynthesisReport): void {
  writeFileSync(join(output, 'synthesis.json'), `${JSON.stringify(report, null, 2)}\n`, { flag: 'wx' });
}

export function metricsOf({ counts, splits }: CorpusSummary, report: SynthesisReport): Metrics {
  const named = (prefix: string, values: Readonly<Record<string, number>>): [string, number][] =>
    Object.entries(values).map(([name, value]) => [`${prefix}/${name}`, value]);
  return {
    ...counts,
    ...Object.fromEntries(splits.map(({ name, queries }) => [`queries_${name}`, queries])),
    synthetic: report.queries,
    without_query: report.without_query,
    ...Object.fromEntries(named('method', report.methods)),
    ...Object.fromEntries(named('rejected', report.rejected)),
  };
}

/** A corpus where fewer of the documents yield a query is probably not what the methods are made for. */
const FEWEST = 0.5;

/** Undefined where most documents have a query. */
export function fewQueriesWarning(report: SynthesisReport, documents: number): StageWarning | undefined {
  if (report.without_query <= (1 - FEWEST) * documents) return undefined;
  const [most] = Object.entries(report.rejected).sort(([, left], [, right]) => right - left);
  return {
    message: `${report.without_query} of ${documents} documents gave no usable query`,
    cause:
      most && most[1] > 0
        ? `The documents are short or alike; most proposals were rejected as \`${most[0]}\`.`
        : 'The documents are too short for the methods, or have no titles.',
    hint: 'Turn on more `methods`, or shorten the queries with `query_length`.',
    parameter: 'methods',
  };
}
