import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { monotonic } from '../../src/base/clock.ts';
import { openCorpus, type Corpus } from '../../src/formats/corpus.ts';
import { DOCUMENTS_FILE, QUERIES_FILE, readEmbeddingsConfig } from '../../src/formats/embeddings.ts';
import { readNpy, type Matrix } from '../../src/formats/npy.ts';
import { rowCount } from '../../src/formats/ragged.ts';
import { readTokens, type Tokens } from '../../src/formats/tokens.ts';
import { createExactSearch } from '../../src/retrieval/exact.ts';
import { input, optionalInput, type StageContext, type StageResult } from '../../src/stage.ts';
import { approximateProbe, type ApproximateProbe } from './approximate.ts';
import { compareWithBm25, type Comparison } from './comparison.ts';
import type { EvaluateParams } from './kind.ts';
import { corpusMeasures, type Measure } from './measures.ts';
import { writePerQuery } from './per-query.ts';
import { otherCorpus, queriesToEvaluate, type EvaluatedQuery, type QuerySet } from './queries.ts';
import { documentsShown, reportMarkdown } from './report.ts';
import { createRunFile, writeQrels } from './run-files.ts';
import { averageScores, randomFigures, scoreRanking, type QueryScores } from './scores.ts';
import { headlineOf, summaryJson, summaryMetrics, type Summary } from './summary.ts';
import { bm25System, modelSystem, type System } from './systems.ts';

type Context = StageContext<EvaluateParams>;
type Scores = ReadonlyMap<string, readonly QueryScores[]>;

const REPORT_EVERY_MS = 250;

export async function run(context: Context): Promise<StageResult> {
  const corpus = await openCorpus(input(context, 'corpus').path);
  try {
    return await evaluate(context, corpus);
  } finally {
    corpus.close();
  }
}

async function evaluate(context: Context, corpus: Corpus): Promise<StageResult> {
  const { params, output } = context;
  const tokens = readTokens(input(context, 'tokens').path);
  const set = queriesToEvaluate(tokens, params.split, await corpus.queryRows(params.split));
  const names = await corpus.documentNames();
  const vectors = queryVectors(context, tokens, names.length);
  const probe = await openProbe(context, vectors, names.length);
  const measures = corpusMeasures(params.cutoffs, params.depth);
  const scores = new Map<string, readonly QueryScores[]>();
  for (const system of systemsOf(context, tokens, vectors))
    scores.set(system.name, await scoreSystem(context, system, set.queries, names, measures, probe));
  const summary = summarise(params, set, names.length, scores, measures);
  const bm25 = scores.get('bm25');
  const comparison = bm25 && compareWithBm25(set.queries, scores.get('model')!, bm25);
  writeQrels(output, set.queries, names);
  writePerQuery(output, set.queries, scores, measures);
  await writeReport(output, corpus, summary, comparison);
  return { metrics: { ...summaryMetrics(summary), ...probe?.metrics() }, headline: headlineOf(summary) };
}

/** Checks that the parts fit before anything is computed from them. */
function queryVectors(context: Context, tokens: Tokens, documents: number): Matrix {
  const folder = input(context, 'embeddings').path;
  const config = readEmbeddingsConfig(folder);
  if (rowCount(tokens.documents) !== documents)
    throw otherCorpus(`${rowCount(tokens.documents)} documents have tokens, the corpus has ${documents}`);
  if (config.documents !== documents)
    throw otherCorpus(`${config.documents} documents have embeddings, the corpus has ${documents}`);
  if (config.queries !== rowCount(tokens.queries))
    throw otherCorpus(`${config.queries} queries have embeddings, ${rowCount(tokens.queries)} have tokens`);
  return readNpy(join(folder, QUERIES_FILE));
}

async function openProbe(
  context: Context,
  vectors: Matrix,
  documents: number,
): Promise<ApproximateProbe | undefined> {
  const index = optionalInput(context, 'index');
  if (!index) return undefined;
  const probe = await approximateProbe(index.path, vectors);
  if (probe.documents !== documents)
    throw otherCorpus(`the index holds ${probe.documents} documents, the corpus has ${documents}`);
  return probe;
}

/** A generator, so that one system's memory is free before the next is built. */
function* systemsOf(context: Context, tokens: Tokens, vectors: Matrix): Generator<System, void> {
  const folder = input(context, 'embeddings').path;
  const { similarity } = readEmbeddingsConfig(folder);
  yield modelSystem(createExactSearch(readNpy(join(folder, DOCUMENTS_FILE)), similarity), vectors);
  if (context.params.baselines.includes('bm25')) yield bm25System(tokens, context.params.bm25);
}

async function scoreSystem(
  context: Context,
  system: System,
  queries: readonly EvaluatedQuery[],
  names: readonly string[],
  measures: readonly Measure[],
  probe: ApproximateProbe | undefined,
): Promise<QueryScores[]> {
  const { depth, run_depth: runDepth } = context.params;
  const lists = system.search(queries, depth);
  const file = createRunFile(context.output, system.name, names, Math.min(depth, runDepth));
  const scores: QueryScores[] = [];
  let reported = -Infinity;
  for (const query of queries) {
    const ranking = lists.next().value!;
    const within = query.candidates.length > 0 ? system.rankCandidates(query) : undefined;
    scores.push(scoreRanking(query, ranking, within, measures));
    file.append(query, ranking);
    if (system.name === 'model') probe?.observe(query.id, ranking);
    if (monotonic() - reported < REPORT_EVERY_MS && scores.length < queries.length) continue;
    reported = monotonic();
    context.progress({ done: scores.length, total: queries.length, unit: 'queries', note: system.name });
    await setImmediate();
    context.signal.throwIfAborted();
  }
  file.close();
  return scores;
}

function summarise(
  params: EvaluateParams,
  { queries, withoutRelevant }: QuerySet,
  documents: number,
  scores: Scores,
  measures: readonly Measure[],
): Summary {
  const systems = [...scores].map(([name, values]) => averageScores(name, values, measures));
  if (params.baselines.includes('random')) systems.push(randomFigures(queries, documents, measures));
  return {
    split: params.split,
    documents,
    queries: queries.length,
    queries_without_relevant: withoutRelevant,
    queries_with_candidates: queries.filter(({ candidates }) => candidates.length > 0).length,
    depth: params.depth,
    systems,
  };
}

async function writeReport(
  output: string,
  corpus: Corpus,
  summary: Summary,
  comparison: Comparison | undefined,
): Promise<void> {
  const json = JSON.stringify(summaryJson(summary, comparison), null, 2);
  writeFileSync(join(output, 'metrics.json'), `${json}\n`, { flag: 'wx' });
  const texts = comparison
    ? await corpus.documentTexts(documentsShown(comparison))
    : new Map<number, never>();
  writeFileSync(join(output, 'report.md'), reportMarkdown(summary, comparison, texts), { flag: 'wx' });
}
