/** Which queries another run answers better or worse than the first, with their texts. */
import { openCorpus } from '../../../formats/corpus.ts';
import { readPerQuery, type PerQuery } from '../../../formats/per-query.ts';
import type { RunRecord } from '../../../history/record.ts';
import type { Store } from '../../../store/store.ts';
import type { QueryDifference, QueryDifferencesView } from '../../views/compare-view.ts';

/** Queries won, and lost, that are listed. */
const CAP = 100;

/** The first run against each of the others, for each report that both have. */
export async function queryDifferences(
  store: Pick<Store, 'fetch'>,
  [first, ...others]: readonly RunRecord[],
): Promise<QueryDifferencesView[]> {
  const views: QueryDifferencesView[] = [];
  for (const other of others)
    for (const stage of Object.keys(other.stages)) {
      const [a, b] = [first!.stages[stage], other.stages[stage]];
      if (!a?.key || !b?.key || a.digest === b.digest || a.kind !== b.kind) continue;
      const before = await perQueryOf(store, first!, stage);
      const after = before && (await perQueryOf(store, other, stage));
      if (!before || !after) continue;
      const texts = await queryTexts(store, other, stage);
      const view = differencesOf(before, after, texts);
      if (view) views.push({ stage, run: other.id, ...view });
    }
  return views;
}

async function perQueryOf(
  store: Pick<Store, 'fetch'>,
  record: RunRecord,
  stage: string,
): Promise<PerQuery | undefined> {
  const { kind, key } = record.stages[stage]!;
  const artifact = key ? await store.fetch(kind, key) : undefined;
  return artifact && readPerQuery(artifact.path);
}

function differencesOf(
  before: PerQuery,
  after: PerQuery,
  texts: ReadonlyMap<string, string>,
): Omit<QueryDifferencesView, 'stage' | 'run'> | undefined {
  const measure = measureOf(before, after);
  if (measure === undefined) return undefined;
  const [a, b] = [before.measures.get(measure)!, after.measures.get(measure)!];
  const places = new Map(after.queries.map((name, i) => [name, i]));
  const all = before.queries.flatMap((name, i): QueryDifference[] => {
    const place = places.get(name);
    if (place === undefined || Number.isNaN(a[i]!) || Number.isNaN(b[place]!)) return [];
    return [{ name, text: texts.get(name) ?? null, before: a[i]!, after: b[place]! }];
  });
  const gain = (row: QueryDifference): number => row.after - row.before;
  const won = all.filter((row) => gain(row) > 0).sort((x, y) => gain(y) - gain(x));
  const lost = all.filter((row) => gain(row) < 0).sort((x, y) => gain(x) - gain(y));
  return {
    measure,
    total: all.length,
    won: won.length,
    lost: lost.length,
    rows: [...won.slice(0, CAP), ...lost.slice(0, CAP)],
    cap: CAP,
  };
}

/** The measure that headlines name, of the evaluated system where both have it. */
function measureOf(before: PerQuery, after: PerQuery): string | undefined {
  const shared = [...before.measures.keys()].filter((name) => after.measures.has(name));
  return (
    shared.find((name) => /^model\/mrr/.test(name)) ??
    shared.find((name) => name.includes('mrr')) ??
    shared[0]
  );
}

/** Name → text of the queries that the report evaluates. */
async function queryTexts(
  store: Pick<Store, 'fetch'>,
  { stages, resolved, parameters }: RunRecord,
  stage: string,
): Promise<ReadonlyMap<string, string>> {
  const input = resolved?.stages.find(({ name }) => name === stage)?.inputs['corpus']?.[0];
  const { kind, key } = (input === undefined ? undefined : stages[input]) ?? {};
  const artifact = kind !== undefined && key ? await store.fetch(kind, key) : undefined;
  if (!artifact) return new Map();
  const corpus = await openCorpus(artifact.path, { threads: 1 });
  try {
    const split = parameters[stage]?.['split'];
    const rows = await corpus.queryRows(typeof split === 'string' ? split : undefined);
    return new Map(rows.map(({ name, text }) => [name, text]));
  } finally {
    corpus.close();
  }
}
