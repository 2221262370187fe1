/**
 * Scores the run files of other systems (parameter `rivals`) on the evaluated queries, with the same measures as the
 * model. Reading a file is in read-run.ts.
 */
import type { QueryRow } from '../../../src/formats/corpus.ts';
import type { Names } from '../../../src/formats/packed-names.ts';
import { trecName } from '../../../src/formats/trec.ts';
import { rank, withoutDocument, type Ranking } from '../../../src/retrieval/ranking.ts';
import { PipelineError, type StageContext } from '../../../src/stage.ts';
import type { EvaluateParams } from '../parameters.ts';
import type { Measure } from '../scoring/measures.ts';
import type { EvaluatedQuery } from '../scoring/queries.ts';
import { scoreRanking, type QueryScores } from '../scoring/scores.ts';
import { readRun, type RunNames } from './read-run.ts';

type Context = StageContext<EvaluateParams>;

/** Names that other rows of the tables and metrics have. */
const TAKEN = ['model', 'bm25', 'fused', 'mean', 'random', 'ann', 'candidates'];

const EMPTY: Ranking = { documents: new Uint32Array(), scores: new Float64Array() };

/** The scores of each rival, by name, in the order of the spec. */
export async function scoreRivals(
  context: Context,
  queries: readonly EvaluatedQuery[],
  corpusQueries: () => Promise<readonly QueryRow[]>,
  documents: Names,
  measures: readonly Measure[],
): Promise<Map<string, QueryScores[]>> {
  const { rivals, label } = context.params;
  const scores = new Map<string, QueryScores[]>();
  if (rivals.length === 0) return scores;
  const names = lookup(queries, await corpusQueries(), documents);
  for (const { name, run: path } of rivals) {
    if (TAKEN.includes(name) || name === label || scores.has(name))
      throw new PipelineError('E_PARAMETER', `the name '${name}' of a rival is taken`, {
        hint: 'Give each rival a name of its own.',
      });
    const run = await readRun(path, names, context.signal);
    if (run.rankings.size === 0)
      throw new PipelineError('E_INPUT', `the run of '${name}' has none of the evaluated queries`, {
        hint: `It must rank documents for the queries of the split '${context.params.split}', by their ids.`,
      });
    warnOfQueries(context, name, queries.length - run.rankings.size, run.unknownQueries);
    scores.set(name, scoresOf(run.rankings, queries, measures, context.params.depth));
  }
  return scores;
}

/** As files have them: escaped as in TREC files, or as they are. */
function lookup(
  queries: readonly EvaluatedQuery[],
  corpusQueries: readonly QueryRow[],
  documents: Names,
): RunNames {
  const byName = (names: readonly string[]): ReadonlyMap<string, number> =>
    new Map([
      ...names.map((name, i) => [name, i] as const),
      ...names.map((name, i) => [trecName(name), i] as const),
    ]);
  const positions = byName(queries.map(({ name }) => name));
  const known = byName(corpusQueries.map(({ name }) => name));
  const ids = byName(Array.from({ length: documents.length }, (_, id) => documents.at(id)!));
  return {
    query: (id) => positions.get(id) ?? (known.has(id) ? null : undefined),
    document: (id) => ids.get(id),
  };
}

function warnOfQueries(
  context: Context,
  rival: string,
  missing: number,
  unknown: { readonly lines: number; readonly first: string } | undefined,
): void {
  if (missing > 0)
    context.warn({
      message: `the run of '${rival}' lacks ${missing} of the evaluated queries, which count as empty lists`,
      cause: 'It ranks another split, or found nothing for them.',
      hint: 'Give a run of all queries of the split.',
      parameter: 'rivals',
    });
  if (unknown)
    context.warn({
      message: `the run of '${rival}' has ${unknown.lines} lines of queries that the corpus does not have, from ${unknown.first}`,
      cause: 'It was made for another version of the corpus, or one with another `limit`.',
      hint: 'Give a run with the query ids of this corpus.',
      parameter: 'rivals',
    });
}

function scoresOf(
  rankings: ReadonlyMap<number, Ranking>,
  queries: readonly EvaluatedQuery[],
  measures: readonly Measure[],
  depth: number,
): QueryScores[] {
  const lists = queries.map(({ ignored }, i) => withoutDocument(rankings.get(i) ?? EMPTY, ignored, Infinity));
  const within = lists.map((list, i) => candidatesIn(list, queries[i]!));
  // Means over some of the queries could not be compared with those of other systems.
  const whole = within.every((ranked, i) => ranked || queries[i]!.candidates.length === 0);
  return queries.map((query, i) => {
    const list = withoutDocument(lists[i]!, undefined, depth);
    return scoreRanking(query, list, whole ? within[i] : undefined, measures);
  });
}

/** The candidates as the run orders them; undefined if it does not list them all, or there are none. */
function candidatesIn({ documents, scores }: Ranking, { candidates }: EvaluatedQuery): Ranking | undefined {
  const wanted = new Set(candidates);
  const places = [...documents.keys()].filter((place) => wanted.has(documents[place]!));
  if (candidates.length === 0 || places.length < candidates.length) return undefined;
  return rank(
    places.map((place) => documents[place]!),
    places.map((place) => scores[place]!),
  );
}
