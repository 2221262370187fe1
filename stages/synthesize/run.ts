/**
 * Runs a synthesize stage in two passes over the documents: the first counts words and shingles, the second makes the
 * queries. They are added to a copy of the corpus.
 */
import { setImmediate } from 'node:timers/promises';
import { random, shuffle } from '../../src/base/random.ts';
import { openCorpus, type Corpus } from '../../src/formats/corpus.ts';
import { input, PipelineError, type StageContext, type StageResult } from '../../src/stage.ts';
import { queriesOf, type SyntheticQuery } from './generate.ts';
import { createGuards } from './guards.ts';
import { queryLengths } from './lengths.ts';
import type { Setting } from './methods/method.ts';
import type { SynthesizeParams } from './parameters.ts';
import { readRealQueries, type RealQueries } from './real-queries.ts';
import {
  fewQueriesWarning,
  metricsOf,
  synthesisReport,
  writeReport,
  type SynthesisReport,
} from './report.ts';
import { MOST_COUNTED, statisticsCounter, type Statistics } from './statistics.ts';
import { analyse, type Analysed } from './text/analysed.ts';
import { wordsOf } from './text/words.ts';
import { writeCorpus } from './write.ts';

type Context = StageContext<SynthesizeParams>;

export async function run(context: Context): Promise<StageResult> {
  const from = input(context, 'corpus').path;
  const corpus = await openCorpus(from);
  let made: Made;
  let names: ReadonlySet<string>;
  try {
    const real = await readRealQueries(corpus);
    names = real.names;
    made = await makeQueries(context, corpus, real);
  } finally {
    corpus.close();
  }
  const { queries, report } = made;
  if (queries.length === 0)
    throw new PipelineError('E_INPUT', 'no document gave a usable query', {
      hint: 'Turn on more `methods`. Documents need a title, or more than one sentence.',
    });
  const { summary, digest } = await writeCorpus(from, context.output, queries, names);
  writeReport(context.output, report);
  const warning = fewQueriesWarning(report, summary.counts.documents);
  if (warning) context.warn(warning);
  return {
    metrics: metricsOf(summary, report),
    headline: headlineOf(report),
    digests: { 'corpus.duckdb': digest },
  };
}

interface Made {
  readonly queries: readonly SyntheticQuery[];
  readonly report: SynthesisReport;
}

async function makeQueries(context: Context, corpus: Corpus, real: RealQueries): Promise<Made> {
  const { params } = context;
  const statistics = await countWords(context, corpus);
  const lengths = queryLengths(params.query_length, real.lengths);
  const setting: Setting = {
    statistics,
    lengths,
    keyTerms: params.key_terms,
    noise: real.words.length > 0 ? real.words : statistics.commonWords(),
  };
  const guards = createGuards(statistics, real.wordSets);
  const all: SyntheticQuery[] = [];
  let without = 0;
  await eachDocument(context, corpus, 'making queries', (document) => {
    const found = queriesOf(document, params, setting, guards);
    if (found.length === 0) without += 1;
    all.push(...found);
  });
  const queries = drawn(all, params);
  const query_length = params.query_length ? 'given' : lengths.learned ? 'training queries' : 'default';
  const report = synthesisReport(queries, {
    without_query: without,
    rejected: guards.rejected,
    query_length,
  });
  return { queries, report };
}

/** `count` of the queries, in the order of the documents. */
function drawn(
  queries: readonly SyntheticQuery[],
  { count, seed }: SynthesizeParams,
): readonly SyntheticQuery[] {
  if (count === undefined || count >= queries.length) return queries;
  const places = shuffle(Uint32Array.from(queries.keys()), random(seed, 'synthesize count'));
  return Array.from(places.subarray(0, count).sort(), (place) => queries[place]!);
}

async function countWords(context: Context, corpus: Corpus): Promise<Statistics> {
  const counter = statisticsCounter();
  const stride = Math.max(1, Math.ceil(corpus.counts().documents / MOST_COUNTED));
  await eachBatch(context, corpus, 'counting words', (document, text, title) => {
    if (document % stride === 0) counter.add(document, wordsOf(text), title);
  });
  return counter.finish();
}

const eachDocument = (
  context: Context,
  corpus: Corpus,
  note: string,
  visit: (document: Analysed) => void,
): Promise<void> =>
  eachBatch(context, corpus, note, (document, text, title) => {
    visit(analyse(document, text, title));
  });

async function eachBatch(
  context: Context,
  corpus: Corpus,
  note: string,
  visit: (document: number, text: string, title: string | null) => void,
): Promise<void> {
  const total = corpus.counts().documents;
  let done = 0;
  for await (const { ids, texts, titles } of corpus.titledDocuments()) {
    context.signal.throwIfAborted();
    for (const [i, text] of texts.entries()) visit(ids[i]!, text, titles[i]!);
    done += ids.length;
    context.progress({ done, total, unit: 'documents', note });
    await setImmediate();
  }
}

/** `12,345 synthetic queries · 40 % title · 60 % cloze` */
function headlineOf({ queries, methods }: SynthesisReport): string {
  const shares = Object.entries(methods).map(([name, n]) => `${Math.round((100 * n) / queries)} % ${name}`);
  return [`${queries.toLocaleString('en-US')} synthetic queries`, ...shares].join(' · ');
}
