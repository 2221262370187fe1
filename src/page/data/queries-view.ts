/** The queries that a report's model won and lost most against BM25, with both lists and the texts. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { openCorpus, type Corpus, type QueryRow } from '../../formats/corpus.ts';
import { readPerQuery, type PerQuery } from '../../formats/per-query.ts';
import { trecName } from '../../formats/trec.ts';
import type { QueriesView, ShownDocument, ShownQuery } from '../views/queries-view.ts';
import { corpusOf } from './corpus-of.ts';
import { reportOf } from './report.ts';
import type { ShownRun } from './shown-run.ts';
import { firstOfLists } from './trec-lists.ts';
import { cutText } from './cut-text.ts';

/** At most so many queries, half of them won and half lost. */
const CAP = 200;
const DEPTH = 10;
/** Texts are at least and at most so long, and in all about as long as the budget, in characters. */
const SHORTEST = 160;
const LONGEST = 600;
const BUDGET = 1_500_000;
const LONGEST_QUERY = 1000;

export interface QueriesOptions {
  /** Characters of all texts together. */
  readonly budget?: number;
  readonly cap?: number;
}

/** Undefined where the report has no such files, or its corpus is gone. */
export async function queriesView(
  run: ShownRun,
  stageName: string,
  { budget = BUDGET, cap = CAP }: QueriesOptions = {},
): Promise<QueriesView | undefined> {
  const stage = run.stages.find(({ name }) => name === stageName);
  const folder = stage?.manifest?.type === 'report' ? (await stage.fetch())?.path : undefined;
  const report = stage && folder !== undefined ? reportOf(stage, folder) : undefined;
  const perQuery = folder === undefined ? undefined : readPerQuery(folder);
  const corpusFolder = stage && (await corpusOf(run, stage)?.fetch())?.path;
  if (!stage || folder === undefined || !report?.hasQueries || !perQuery || corpusFolder === undefined)
    return undefined;
  const rival = rivalOf(folder, perQuery, report.label);
  if (rival === undefined) return undefined;
  const chosen = mostDifferent(perQuery, [report.label, rival], cap);
  const names = new Set(chosen.shown.map(({ name }) => name));
  const lists: Map<string, string[]>[] = [];
  for (const system of [report.label, rival])
    lists.push(await firstOfLists(join(folder, 'runs', `${system}.trec`), names, DEPTH));
  const corpus = await openCorpus(corpusFolder);
  try {
    const texts = await textsOf(corpus, report.split, chosen.shown, lists, budget);
    return {
      stage: stageName,
      split: report.split,
      systems: [report.label, rival],
      total: perQuery.queries.length,
      won: chosen.won,
      lost: chosen.lost,
      shown: texts.shown,
      cap,
      depth: DEPTH,
      textLimit: texts.limit,
      documents: texts.documents,
    };
  } finally {
    corpus.close();
  }
}

/** BM25 where it was evaluated, else the first other system with a run file. */
function rivalOf(folder: string, { ranks }: PerQuery, label: string): string | undefined {
  const systems = [...ranks.keys()].map((name) => name.slice(0, -'/rank'.length));
  const others = systems.filter((name) => name !== label && !name.includes('/'));
  return ['bm25', ...others].find(
    (name) => others.includes(name) && existsSync(join(folder, 'runs', `${name}.trec`)),
  );
}

/** Named as in the report's files, which escape names (src/formats/trec.ts). */
type Chosen = Pick<ShownQuery, 'name' | 'gain' | 'ranks'>;

/** By the reciprocal rank of the first relevant document, as the report counts queries won. */
function mostDifferent(
  { queries, ranks }: PerQuery,
  systems: readonly [string, string],
  cap: number,
): { shown: Chosen[]; won: number; lost: number } {
  const [mine, theirs] = systems.map((system) => ranks.get(`${system}/rank`)!) as [
    Float64Array,
    Float64Array,
  ];
  const inverse = (rank: number): number => (Number.isNaN(rank) ? 0 : 1 / rank);
  const position = (rank: number): number | null => (Number.isNaN(rank) ? null : rank);
  const all = queries.map((name, i): Chosen => ({
    name,
    gain: inverse(mine[i]!) - inverse(theirs[i]!),
    ranks: [position(mine[i]!), position(theirs[i]!)],
  }));
  const won = all.filter(({ gain }) => gain > 0).sort((a, b) => b.gain - a.gain);
  const lost = all.filter(({ gain }) => gain < 0).sort((a, b) => a.gain - b.gain);
  // What one half does not need, the other may have.
  const half = Math.floor(cap / 2);
  const takenLost = Math.min(lost.length, Math.max(half, cap - won.length));
  return {
    shown: [...won.slice(0, cap - takenLost), ...lost.slice(0, takenLost)],
    won: won.length,
    lost: lost.length,
  };
}

async function textsOf(
  corpus: Corpus,
  split: string,
  chosen: readonly Chosen[],
  lists: readonly ReadonlyMap<string, readonly string[]>[],
  budget: number,
): Promise<{ shown: ShownQuery[]; documents: ShownDocument[]; limit: number }> {
  const rows = new Map<string, QueryRow>(
    (await corpus.queryRows(split)).map((row) => [trecName(row.name), row]),
  );
  const relevant = await relevantOf(corpus, split);
  const listed = new Set(chosen.flatMap(({ name }) => lists.flatMap((list) => list.get(name) ?? [])));
  const ids = await idsOf(corpus, listed);
  const judged = chosen.flatMap(({ name }) => relevant.get(rows.get(name)?.id ?? -1) ?? []);
  const wanted = [...new Set([...ids.values(), ...judged])];
  const texts = await corpus.documentTexts(wanted);
  const limit = Math.max(SHORTEST, Math.min(LONGEST, Math.floor(budget / Math.max(1, wanted.length))));
  const position = new Map(wanted.map((id, index) => [id, index]));
  const documents = wanted.map((id): ShownDocument => {
    const { name, text } = texts.get(id) ?? { name: String(id), text: '' };
    return { name, ...cutText(text, limit) };
  });
  const positions = (query: string, list: ReadonlyMap<string, readonly string[]>): number[] =>
    (list.get(query) ?? []).flatMap((name) => position.get(ids.get(name) ?? -1) ?? []);
  const shown = chosen.map((one): ShownQuery => {
    const row = rows.get(one.name);
    return {
      ...one,
      name: row?.name ?? one.name,
      text: cutText(row?.text ?? '', LONGEST_QUERY).text,
      type: row?.type ?? null,
      lists: [positions(one.name, lists[0]!), positions(one.name, lists[1]!)],
      relevant: (relevant.get(row?.id ?? -1) ?? []).map((id) => position.get(id)!),
    };
  });
  return { shown, documents, limit };
}

/** query_id → doc_ids of its relevant documents. */
async function relevantOf(corpus: Corpus, split: string): Promise<Map<number, number[]>> {
  const { queries, documents, relevance } = await corpus.qrels(split);
  const found = new Map<number, number[]>();
  queries.forEach((query, row) => {
    if (relevance[row]! <= 0) return;
    const list = found.get(query);
    if (list) list.push(documents[row]!);
    else found.set(query, [documents[row]!]);
  });
  return found;
}

/** Escaped name → doc_id. */
async function idsOf(corpus: Corpus, wanted: ReadonlySet<string>): Promise<Map<string, number>> {
  const names = await corpus.documentNames();
  const ids = new Map<string, number>();
  for (let id = 0; id < names.length && ids.size < wanted.size; id++) {
    const name = trecName(names.at(id)!);
    if (wanted.has(name)) ids.set(name, id);
  }
  return ids;
}
