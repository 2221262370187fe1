/** Scores per query of a configuration, if the metric comes from a report with a per-query file. */
import { PipelineError } from '../base/diagnostic.ts';
import { readPerQuery, type PerQuery } from '../formats/per-query.ts';
import type { Store } from '../store/store.ts';
import { artifactOf, metricOf, splitMetric, type MeasuredManifest, type NamedEnd } from './trial.ts';

/** What a configuration gave, by repeat: of an outcome, or of recorded runs. */
export interface Measured {
  readonly state: 'done' | 'failed' | 'interrupted';
  readonly repeats: readonly { readonly state: string; readonly stages: readonly NamedEnd[] }[];
}

export interface QueryScores {
  readonly queries: readonly string[];
  /** [queries], each the mean over the repeats. */
  readonly values: Float64Array;
}

/** The metric is not the mean of a column if they differ by more than this. */
const TOLERANCE = 1e-3;

/** Scores by metric; metrics without scores per query are left out. Every report is read once. */
export async function queryScores(
  store: Pick<Store, 'fetch'>,
  { repeats, state }: Measured,
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

type Reader = (artifact: { readonly manifest: MeasuredManifest }) => Promise<PerQuery | undefined>;

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

/** An unreadable file is ignored: a `command` stage may write a file of that name in another format. */
function readSound(folder: string): PerQuery | undefined {
  try {
    return readPerQuery(folder);
  } catch (error) {
    if (error instanceof PipelineError) return undefined;
    throw error;
  }
}

async function scoresOf(
  { stages }: Measured['repeats'][number],
  metric: string,
  read: Reader,
): Promise<QueryScores | undefined> {
  const [stage, name] = splitMetric(metric);
  const artifact = artifactOf(stages, stage);
  const report = artifact && (await read(artifact));
  // The model's own metrics have no prefix: the metric `mrr@10` is the column `model/mrr@10`.
  const column = report?.measures.get(`model/${name}`) ?? report?.measures.get(name);
  const reported = metricOf(stages, metric);
  if (!report || !column || reported === null) return undefined;
  const kept = report.queries.flatMap((_, index) => (Number.isNaN(column[index]!) ? [] : [index]));
  const values = Float64Array.from(kept, (index) => column[index]!);
  const middle = values.reduce((sum, value) => sum + value, 0) / values.length;
  if (!(Math.abs(middle - reported) <= TOLERANCE)) return undefined;
  return { queries: kept.map((index) => report.queries[index]!), values };
}

/** Undefined if the repeats do not have the same queries. */
function meanScores(all: readonly QueryScores[]): QueryScores | undefined {
  const [first, ...others] = all as [QueryScores, ...QueryScores[]];
  if (!others.every((other) => sameQueries(first, other))) return undefined;
  const values = first.values.map(
    (_, index) => all.reduce((sum, one) => sum + one.values[index]!, 0) / all.length,
  );
  return { queries: first.queries, values };
}

/** Whether both have the same queries in the same order, as reports on the same corpus have. */
export function sameQueries(a: QueryScores, b: QueryScores): boolean {
  return a.queries.length === b.queries.length && a.queries.every((query, i) => query === b.queries[i]);
}
