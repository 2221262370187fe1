/**
 * Runs an evaluate stage: opens the inputs and checks that they match, ranks every query with every system (scoring/),
 * computes means, intervals and tests (summary/), and writes the files (report/). It computes no measure itself.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SearchKernels } from '../../src/engine/kernels/search/search-kernels.ts';
import { openCorpus, type Corpus } from '../../src/formats/corpus.ts';
import { QUERIES_FILE, readEmbeddingsConfig } from '../../src/formats/embeddings.ts';
import { writeFusion } from '../../src/formats/fusion.ts';
import { readNpy, type Matrix } from '../../src/formats/npy.ts';
import { rowCount } from '../../src/formats/ragged.ts';
import { queriesOfSplit, readTokens, type Tokens } from '../../src/formats/tokens.ts';
import { openSearchThreads } from '../../src/retrieval/search-threads.ts';
import { input, optionalInput, type Metrics, type StageContext, type StageResult } from '../../src/stage.ts';
import { approximateProbe, type ApproximateProbe } from './scoring/approximate.ts';
import { chooseFusionFor } from './fusion/choose.ts';
import { fusionRequest } from './fusion/request.ts';
import { documentsShown, examplesAgainstBm25 } from './report/examples.ts';
import type { EvaluateParams } from './parameters.ts';
import { latencyOf } from './scoring/latency.ts';
import { scoreRivals } from './rivals/rivals.ts';
import { corpusMeasures } from './scoring/measures.ts';
import { openSystems } from './scoring/open-systems.ts';
import { writePerQuery } from './report/per-query.ts';
import { judgedQueries, otherCorpus, queriesToEvaluate, type QuerySet } from './scoring/queries.ts';
import { reportMarkdown } from './report/report.ts';
import { writeQrels } from './scoring/run-files.ts';
import { scoreSystems } from './scoring/score-systems.ts';
import type { Scores } from './scoring/scores.ts';
import { randomFigures } from './summary/figures.ts';
import { summarise } from './summary/summarise.ts';
import { headlineOf, summaryJson, summaryMetrics, type Summary } from './summary/summary.ts';
import { approximateWarning, fusionWarning, qualityWarning } from './summary/warnings.ts';
import type { System } from './scoring/systems.ts';

type Context = StageContext<EvaluateParams>;

export async function run(context: Context): Promise<StageResult> {
  const corpus = await openCorpus(input(context, 'corpus').path);
  try {
    const tokens = readTokens(input(context, 'tokens').path);
    const set = queriesToEvaluate(tokens, context.params, await corpus.queryRows(context.params.split));
    const kernels = await openKernels(context, tokens, set);
    try {
      return await evaluate(context, corpus, tokens, set, kernels);
    } finally {
      kernels?.dispose();
    }
  } finally {
    corpus.close();
  }
}

async function evaluate(
  context: Context,
  corpus: Corpus,
  tokens: Tokens,
  set: QuerySet,
  kernels: SearchKernels | undefined,
): Promise<StageResult> {
  const { params, output } = context;
  const names = await corpus.documentNames();
  const vectors = queryVectors(context, tokens, names.length);
  const measures = corpusMeasures(params.cutoffs, params.depth);
  const probe = await openProbe(context, vectors, names.length);
  const { systems, fusible } = openSystems(context, tokens, vectors, kernels);
  const byId = new Map(set.queries.map((query) => [query.id, query]));
  const fusion = await chooseFusionFor(context, fusible, async (split) =>
    split === params.split
      ? set.queries
      : judgedQueries(tokens, split, params, await corpus.queryRows(split)).queries,
  );
  const ranked = await scoreSystems(
    context,
    systems,
    set.queries,
    names,
    measures,
    fusion?.of,
    (query, ranking) => probe?.observe(byId.get(query)!, ranking),
  );
  const rivals = await scoreRivals(context, set.queries, () => corpus.queryRows(), names, measures);
  const scores = new Map([...ranked, ...rivals]);
  const summary = summarise(context, set, names.length, scores, measures, fusion?.config);
  const warning = qualityWarning(summary, randomFigures(set.queries, names.length, measures).corpus);
  if (warning) context.warn(warning);
  const fusionDoubt = fusionWarning(summary);
  if (fusionDoubt) context.warn(fusionDoubt);
  if (fusion) writeFusion(output, fusion.config);
  const approximate = probe?.metrics();
  const lossy = approximate && approximateWarning(approximate['ann/exact_recall@10'] as number);
  if (lossy) context.warn(lossy);
  writeQrels(output, set.queries, names);
  writePerQuery(output, set.queries, scores, measures);
  await writeReport(context, corpus, summary, set, scores);
  return {
    metrics: { ...summaryMetrics(summary), ...approximate, ...latencies(systems, set) },
    headline: headlineOf(summary),
  };
}

/** For the searches of the evaluated queries, and of those that the fusion is chosen on. */
function openKernels(
  context: Context,
  tokens: Tokens,
  { queries: evaluated }: QuerySet,
): Promise<SearchKernels | undefined> {
  const { params, threads } = context;
  const request = fusionRequest(params);
  const others =
    request.kind === 'choice'
      ? Math.min(queriesOfSplit(tokens, request.split).length, request.maxQueries)
      : 0;
  const queries = evaluated.length + others;
  const documents = rowCount(tokens.documents);
  const { dimensions } = readEmbeddingsConfig(input(context, 'embeddings').path);
  const works = [
    { queries, documents, dimensions },
    ...(params.baselines.includes('bm25') ? [{ queries, documents }] : []),
  ];
  return openSearchThreads(threads, works);
}

/** Checks that the inputs match before anything is computed from them. */
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
  const probe = await approximateProbe(index.path, vectors, context.params.cutoffs);
  if (probe.documents !== documents)
    throw otherCorpus(`the index has ${probe.documents} documents, the corpus has ${documents}`);
  return probe;
}

function latencies(systems: readonly System[], { queries }: QuerySet): Metrics {
  const timed = systems.filter(({ name }) => name !== 'mean');
  return Object.assign({}, ...timed.map((system) => latencyOf(system, queries))) as Metrics;
}

async function writeReport(
  { output, params }: Context,
  corpus: Corpus,
  summary: Summary,
  { queries }: QuerySet,
  scores: Scores,
): Promise<void> {
  const bm25 = scores.get('bm25');
  const examples = bm25 && examplesAgainstBm25(queries, scores.get('model')!, bm25, params.examples);
  const texts = examples ? await corpus.documentTexts(documentsShown(examples)) : new Map<number, never>();
  const json = JSON.stringify(summaryJson(summary), null, 2);
  writeFileSync(join(output, 'metrics.json'), `${json}\n`, { flag: 'wx' });
  const markdown = reportMarkdown({ summary, scores, examples, texts });
  writeFileSync(join(output, 'report.md'), markdown, { flag: 'wx' });
}
