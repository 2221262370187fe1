/**
 * The main loop of the stage: every system ranks every query, and each list is scored immediately. Systems are in
 * systems.ts, the scores of one list in scores.ts, means and tests in summary/.
 */
import { setImmediate } from 'node:timers/promises';
import { monotonic } from '../../../src/base/clock.ts';
import type { Names } from '../../../src/formats/packed-names.ts';
import { fuseCandidates, fusePool, poolOf } from '../../../src/retrieval/fusion.ts';
import type { Ranking } from '../../../src/retrieval/ranking.ts';
import type { StageContext } from '../../../src/stage.ts';
import type { QueryFusion } from '../fusion/choose.ts';
import type { EvaluateParams } from '../parameters.ts';
import type { Measure } from './measures.ts';
import type { EvaluatedQuery } from './queries.ts';
import { createRunFile } from './run-files.ts';
import { scoreRanking, type QueryScores, type Scores } from './scores.ts';
import { retrieved, type System, type SystemName } from './systems.ts';

const REPORT_EVERY_MS = 250;

interface Lists {
  readonly corpus: Ranking;
  /** Absent if the query has no candidates. */
  readonly candidates: Ranking | undefined;
}

/** Called with the model's list of each query. */
export type Observer = (query: number, ranking: Ranking) => void;

/**
 * Searches with all systems query by query, so that their lists can be fused and need not be kept; scores every list and
 * writes it to the run file of the system.
 */
export async function scoreSystems(
  context: StageContext<EvaluateParams>,
  systems: readonly System[],
  queries: readonly EvaluatedQuery[],
  names: Names,
  measures: readonly Measure[],
  fusionOf: ((query: EvaluatedQuery) => QueryFusion) | undefined,
  observe: Observer | undefined,
): Promise<Scores> {
  const { depth, run_depth: runDepth } = context.params;
  const searches = systems.map((system) => system.search(queries, depth));
  const otherWords = fusionOf && searchOtherWords(systems, queries, fusionOf, depth);
  const keeper = scoreKeeper(context.output, names, runDepth, measures);
  let reported = -Infinity;
  for (const [done, query] of queries.entries()) {
    const lists = new Map<SystemName, Lists>();
    for (const [i, system] of systems.entries()) {
      lists.set(system.name, listsOf(system, query, searches[i]!));
      // Right after BM25, so that the fusion comes next to it in every table.
      if (system.name === 'bm25' && fusionOf)
        lists.set('fused', fusedLists(systems, lists, query, otherWords!, fusionOf(query), depth));
    }
    keeper.keep(query, lists);
    observe?.(query.id, lists.get('model')!.corpus);
    if (monotonic() - reported < REPORT_EVERY_MS && done + 1 < queries.length) continue;
    reported = monotonic();
    context.progress({ done: done + 1, total: queries.length, unit: 'queries' });
    await setImmediate();
    context.signal.throwIfAborted();
  }
  return keeper.close();
}

const listsOf = (system: System, query: EvaluatedQuery, search: Iterator<Ranking, void>): Lists => ({
  corpus: search.next().value!,
  candidates: query.candidates.length > 0 ? system.rankCandidates(query) : undefined,
});

type Searches = ReadonlyMap<System, Iterator<Ranking, void>>;

/** The searches of words that are only fused, each for the queries that it is fused for. */
function searchOtherWords(
  systems: readonly System[],
  queries: readonly EvaluatedQuery[],
  fusionOf: (query: EvaluatedQuery) => QueryFusion,
  depth: number,
): Searches {
  const asked = new Map<System, EvaluatedQuery[]>();
  for (const query of queries) {
    const { words } = fusionOf(query);
    if (systems.includes(words)) continue;
    const own = asked.get(words);
    if (own) own.push(query);
    else asked.set(words, [query]);
  }
  return new Map([...asked].map(([system, own]) => [system, system.search(own, depth)]));
}

function fusedLists(
  systems: readonly System[],
  lists: ReadonlyMap<SystemName, Lists>,
  query: EvaluatedQuery,
  otherWords: Searches,
  { fusion, words }: QueryFusion,
  depth: number,
): Lists {
  const search = otherWords.get(words);
  const model = lists.get('model')!;
  const bm25 = search ? listsOf(words, query, search) : lists.get('bm25')!;
  const both = { model: systems.find(({ name }) => name === 'model')!, bm25: words };
  const pool = poolOf(retrieved(both, { model: model.corpus, bm25: bm25.corpus }, query));
  return {
    corpus: fusePool(pool, fusion, depth),
    candidates:
      model.candidates &&
      bm25.candidates &&
      fuseCandidates(pool, { model: model.candidates, bm25: bm25.candidates }, fusion),
  };
}

interface ScoreKeeper {
  keep(query: EvaluatedQuery, lists: ReadonlyMap<SystemName, Lists>): void;
  close(): Scores;
}

function scoreKeeper(
  output: string,
  names: Names,
  runDepth: number | undefined,
  measures: readonly Measure[],
): ScoreKeeper {
  const kept = new Map<SystemName, { scores: QueryScores[]; file: ReturnType<typeof createRunFile> }>();
  return {
    keep: (query, lists) => {
      for (const [name, { corpus, candidates }] of lists) {
        let entry = kept.get(name);
        if (!entry)
          kept.set(name, (entry = { scores: [], file: createRunFile(output, name, names, runDepth) }));
        entry.scores.push(scoreRanking(query, corpus, candidates, measures));
        entry.file.append(query, corpus);
      }
    },
    close: () => {
      for (const { file } of kept.values()) file.close();
      return new Map([...kept].map(([name, { scores }]) => [name, scores]));
    },
  };
}
