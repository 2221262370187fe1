/** The score of each query in a configuration, where the metric comes from a report that kept its queries. */
import { PipelineError } from '../base/diagnostic.ts';
import { readPerQuery, type PerQuery } from '../formats/per-query.ts';
import type { FoundArtifact, Store } from '../store/store.ts';
import type { Outcome } from './outcome.ts';
import { artifactOf, metricOf, splitMetric, type TrialResult } from './trial.ts';

export interface QueryScores {
  readonly queries: readonly string[];
  /** [queries], each the mean over the repeats. */
  readonly values: Float64Array;
}

/** A column whose mean is further than this from the metric is not what the metric is the mean of. */
const MOST_APART = 1e-3;

/** By metric; those without such values are left out. Every report is read once. */
export async function queryScores(
  store: Pick<Store, 'fetch'>,
  { repeats, state }: Outcome,
  metrics: readonly string[],
): Promise<ReadonlyMap<string, QueryScores>> {
  const found = new Map<string, QueryScores>();
  if (state !== 'done') return found;
  const read = reader(store);
  for (const metric of metrics) {
    const all: (QueryScores | undefined)[] = [];
    for (const repeat of repeats) all.push(await scoresOf(repeat, metric, read));
    const scores = all.every((one) => one !== undefined) ? meanScores(all) : undefined;
    if (scores) found.set(metric, scores);
  }
  return found;
}

type Reader = (artifact: FoundArtifact) => Promise<PerQuery | undefined>;

function reader(store: Pick<Store, 'fetch'>): Reader {
  const known = new Map<string, PerQuery | undefined>();
  return async ({ manifest: { kind, key } }) => {
    if (!known.has(key)) {
      const artifact = await store.fetch(kind, key);
      known.set(key, artifact && readSound(artifact.path));
    }
    return known.get(key);
  };
}

/** A file of that name that some command wrote for itself is no reason to lose the table. */
function readSound(folder: string): PerQuery | undefined {
  try {
    return readPerQuery(folder);
  } catch (error) {
    if (error instanceof PipelineError) return undefined;
    throw error;
  }
}

async function scoresOf(
  { stages }: TrialResult,
  metric: string,
  read: Reader,
): Promise<QueryScores | undefined> {
  const [stage, name] = splitMetric(metric);
  const artifact = artifactOf(stages, stage);
  const report = artifact && (await read(artifact));
  // The model's own figures go without its name in the metrics: `mrr@10` is `model/mrr@10`.
  const column = report?.measures.get(`model/${name}`) ?? report?.measures.get(name);
  const reported = metricOf(stages, metric);
  if (!report || !column || reported === null) return undefined;
  const kept = report.queries.flatMap((_, index) => (Number.isNaN(column[index]!) ? [] : [index]));
  const values = Float64Array.from(kept, (index) => column[index]!);
  const middle = values.reduce((sum, value) => sum + value, 0) / values.length;
  if (!(Math.abs(middle - reported) <= MOST_APART)) return undefined;
  return { queries: kept.map((index) => report.queries[index]!), values };
}

/** Undefined where the repeats do not have the same queries. */
function meanScores(all: readonly QueryScores[]): QueryScores | undefined {
  const [first, ...others] = all as [QueryScores, ...QueryScores[]];
  if (!others.every((other) => sameQueries(first, other))) return undefined;
  const values = first.values.map(
    (_, index) => all.reduce((sum, one) => sum + one.values[index]!, 0) / all.length,
  );
  return { queries: first.queries, values };
}

/** In the same order, as reports over the same corpus have them. */
export function sameQueries(a: QueryScores, b: QueryScores): boolean {
  return a.queries.length === b.queries.length && a.queries.every((query, i) => query === b.queries[i]);
}
