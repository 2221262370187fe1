/**
 * When a report says that the model is hardly better than chance, or far below BM25, or that the index misses too much.
 * Measures nothing.
 */
import type { StageWarning } from '../../../src/stage.ts';
import type { Figures } from './figures.ts';
import { verdict, type Comparison } from './comparison.ts';
import { pText } from '../report/markdown.ts';
import { measureTitle, primaryMeasure, type Summary } from './summary.ts';

/**
 * Near random: less than three times the random value and less than 0.05 above it. The factor alone would flag good
 * models on ten documents, where a random order is often right; the difference alone hard tasks on millions of them.
 */
const NEAR_FACTOR = 3;
const NEAR_DIFFERENCE = 0.05;

/** Far below BM25: less than half its value. Dense models of use are within some ten per cent of it, or above. */
const FAR_BELOW = 0.5;
/** A smaller difference does not matter, whatever the ratio. */
const LEAST_DIFFERENCE = 0.05;

/** `random` has the expected values of a random order on the same queries. One warning at most: the graver one. */
export function qualityWarning(summary: Summary, random: Figures): StageWarning | undefined {
  const measure = primaryMeasure(summary);
  const [model] = summary.systems;
  const bm25 = summary.systems.find(({ name }) => name === 'bm25')?.corpus[measure];
  const judged: Judged = {
    measure: measureTitle(measure),
    value: model!.corpus[measure]!,
    interval: model!.intervals?.corpus[measure],
    random: random[measure]!,
    bm25,
    queries: summary.queries,
    confidence: summary.bootstrap.confidence,
  };
  return nearRandom(judged) ?? farBelowBm25(judged) ?? belowBm25(summary.comparisons, 'model', judged);
}

/** When the fusion is significantly below BM25, which a fusion should never be. */
export function fusionWarning(summary: Summary): StageWarning | undefined {
  const primary = primaryMeasure(summary);
  const value = (system: string): number | undefined =>
    summary.systems.find(({ name }) => name === system)?.corpus[primary];
  const fused = value('fused');
  if (fused === undefined) return undefined;
  const measure = measureTitle(primary);
  return belowBm25(summary.fused_comparisons ?? [], 'fused', { measure, value: fused, bm25: value('bm25') });
}

interface Judged {
  readonly measure: string;
  readonly value: number;
  readonly interval: readonly [number, number] | undefined;
  readonly random: number;
  readonly bm25: number | undefined;
  readonly queries: number;
  readonly confidence: number;
}

function nearRandom(judged: Judged): StageWarning | undefined {
  const { measure, value, interval, random, bm25, queries, confidence } = judged;
  const includes = interval !== undefined && interval[0] <= random;
  const near = (includes || value < NEAR_FACTOR * random) && value - random < NEAR_DIFFERENCE;
  if (!includes && !near) return undefined;
  const range = interval
    ? ` (${Math.round(confidence * 100)} % interval ${interval.map(text).join('–')})`
    : '';
  const rival = bm25 === undefined ? '' : `; BM25 reaches ${text(bm25)} on the same queries`;
  return {
    message: `the model ${near ? 'is near' : 'cannot be told from'} chance: ${measure} ${text(value)}${range}, a random order ${text(random)}${rival}`,
    cause: near
      ? 'The model was trained too briefly or on too few pairs to have learned anything.'
      : `There are only ${queries} queries, too few to tell the model from chance.`,
    hint: near
      ? 'See the warnings of earlier stages. Train longer, with pretrained word vectors (`source: pretrained`) or more training pairs; use BM25 until then.'
      : 'Evaluate on more queries.',
    parameter: near ? 'train.epochs' : 'split',
  };
}

function farBelowBm25({ measure, value, bm25 }: Judged): StageWarning | undefined {
  if (bm25 === undefined || value >= FAR_BELOW * bm25 || bm25 - value < LEAST_DIFFERENCE) return undefined;
  return {
    message: `the model is far below BM25 on the same queries: ${measure} ${text(value)} against ${text(bm25)}`,
    cause: 'Too few training pairs or steps, or queries that share their rare words with their documents.',
    hint: 'Train longer or on more pairs, with hard negatives (`from: bm25`), pretrained vectors, or `encoder.skip`; or search with the fusion.',
    parameter: 'train.epochs',
  };
}

const REMEDIES = {
  model: {
    subject: 'the model',
    cause: 'Too few training pairs or steps, or queries that share their rare words with their documents.',
    hint: 'Search with the fusion or with BM25, or train longer or on more pairs.',
    parameter: 'train.epochs',
  },
  fused: {
    subject: 'the fusion of the model with BM25',
    cause: 'The model has too much weight: it is fixed, or chosen on few queries or on queries unlike these.',
    hint: 'Write `fusion: auto` and give the corpus a validation split of queries like these; use BM25 until then.',
    parameter: 'fusion',
  },
} as const;

/** A lower mean that the paired test does not take for chance. */
function belowBm25(
  comparisons: readonly Comparison[],
  system: keyof typeof REMEDIES,
  { measure, value, bm25 }: Pick<Judged, 'measure' | 'value' | 'bm25'>,
): StageWarning | undefined {
  const compared = comparisons.find(({ rival }) => rival === 'bm25');
  const found = Object.entries(compared?.corpus ?? {})[0]?.[1];
  if (bm25 === undefined || !found || verdict(found) !== 'worse') return undefined;
  const { subject, ...remedy } = REMEDIES[system];
  const message = `${subject} is significantly below BM25 on the same queries: ${measure} ${text(value)} against ${text(bm25)}, ${pText(found.p_value!)}`;
  return { message, ...remedy };
}

const text = (value: number): string => value.toFixed(3);

/** As of the index stage: below this, a search misses more than one of ten true neighbours. */
const LOWEST_RECALL = 0.9;

/** `recall` is that of approximate search against exact search, over the first 10. */
export function approximateWarning(recall: number): StageWarning | undefined {
  if (recall >= LOWEST_RECALL) return undefined;
  return {
    message: `the approximate index finds only ${(recall * 100).toFixed(1)} % of the true 10 nearest documents of these queries (ann/exact_recall@10)`,
    cause: 'The graph is too sparse or searched too briefly, or its vectors are rounded too coarsely.',
    hint: 'Give the index stage `target_recall: 0.99`, or search with `pipeline query --exact`.',
    parameter: 'index.target_recall',
  };
}
