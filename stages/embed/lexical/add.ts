/**
 * Adds lexical parts to the vectors of a model: counts the words of the corpus, chooses the weight and how words are
 * scored on the validation queries, and writes the hybrid vectors in chunks. The model's vectors are read from the scratch
 * folder.
 */
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import {
  DOCUMENTS_FILE,
  QUERIES_FILE,
  type HybridConfig,
  type WeightValidation,
} from '../../../src/formats/embeddings.ts';
import { writeWordFrequencies, type LexicalSettings } from '../../../src/formats/lexical.ts';
import { createNpy } from '../../../src/formats/npy.ts';
import { rowCount } from '../../../src/formats/ragged.ts';
import type { Tokens } from '../../../src/formats/tokens.ts';
import type { Bm25Parameters } from '../../../src/formats/word-scoring.ts';
import { codesOf } from '../../../src/retrieval/lexical/codes.ts';
import { factorsOf, hybridWidth, joined } from '../../../src/retrieval/lexical/join.ts';
import { corpusWords, lexiconFrom } from '../../../src/retrieval/lexical/lexicon.ts';
import { documentEncoder, queryEncoder } from '../../../src/retrieval/lexical/vectors.ts';
import { wordScorings } from '../../../src/retrieval/word-scorings.ts';
import type { StageContext } from '../../../src/stage.ts';
import type { EmbedParams } from '../parameters.ts';
import { allScores } from './all-scores.ts';
import { chooseWeight, SAFE_WEIGHT, type ChosenWeight, type QueryScores } from './choose-weight.ts';
import { learnedVectors, lexicalVectors, modelVectors, rootMeanSquare, type Texts } from './side.ts';
import { validationQueries, type ValidationQueries } from './validation-queries.ts';

type Context = StageContext<EmbedParams>;
type Learned = HybridConfig['learned'];

/** Texts written at a time. */
const CHUNK = 4096;
/** Vectors that lengths are measured on. */
const SAMPLE = 10_000;

export async function addLexicalParts(
  context: Context,
  tokens: Tokens,
  learned: Learned,
): Promise<HybridConfig> {
  const { params } = context;
  const { dimensions, seed, k1, b, weight } = params.lexical;
  const { words, places, averageLength } = corpusWords(tokens.documents, tokens.vocabulary.tokens);
  const counts = { documents: rowCount(tokens.documents), average_length: averageLength };
  const common = { places, dimensions };
  const codes = codesOf(words, { dimensions, seed });
  const file = (name: string): string => join(context.scratch, name);
  const textsWith = (scoring: Bm25Parameters): Scored => {
    const lexicon = lexiconFrom({ dimensions, seed, ...scoring, ...counts }, words, codes);
    return {
      settings: lexicon.settings,
      documents: {
        ...common,
        side: 'document',
        texts: tokens.documents,
        file: file(DOCUMENTS_FILE),
        encode: documentEncoder(lexicon),
      },
      queries: {
        ...common,
        side: 'query',
        texts: tokens.queries,
        file: file(QUERIES_FILE),
        encode: queryEncoder(lexicon),
      },
    };
  };
  const given = textsWith({ k1, b });
  const unit = unitOf(given.queries, given.documents, learned);
  const set = weight === 'auto' ? validationQueries(tokens, params.lexical) : undefined;
  const scorings = set && params.lexical.tune_bm25 ? wordScorings({ k1, b }) : [{ k1, b }];
  const ways = [given, ...scorings.slice(1).map(textsWith)];
  const chosen = set && chooseWeight(allWays(set, ways, learned), unit);
  const used = weight === 'auto' ? (chosen?.weight ?? SAFE_WEIGHT) : weight;
  const { documents, queries, settings } = ways[chosen?.scoring ?? 0]!;
  const length = rootMeanSquare(lexicalVectors(documents, sampled(documents)));
  const hybrid: HybridConfig = {
    learned,
    lexical: settings,
    weight: used,
    unit,
    ...factorsOf(used, unit, length),
    ...(chosen && { validation: validated(set, scorings, chosen) }),
  };
  writeWordFrequencies(context.output, words);
  await write(context, documents, DOCUMENTS_FILE, hybrid);
  await write(context, queries, QUERIES_FILE, hybrid);
  return hybrid;
}

const validated = (
  { queries, documents }: ValidationQueries,
  scorings: readonly Bm25Parameters[],
  { scores, best }: ChosenWeight,
): WeightValidation => ({
  queries: queries.length,
  documents: documents.length,
  scores,
  scorings: scorings.map((scoring, i) => ({ ...scoring, 'mrr@10': best[i]! })),
});

/** Evenly spaced rows. */
function sampled({ texts }: Texts): Uint32Array {
  const count = rowCount(texts);
  const size = Math.min(count, SAMPLE);
  return Uint32Array.from({ length: size }, (_, i) => Math.floor((i * count) / size));
}

/** The learned score that counts as 1, so that a weight means about the same for every model. */
function unitOf(queries: Texts, documents: Texts, { similarity }: Learned): number {
  if (similarity === 'cosine') return 1;
  const lengthOf = (texts: Texts): number => rootMeanSquare(modelVectors(texts, sampled(texts)));
  const ofDocuments = lengthOf(documents);
  // Without queries, they are taken to be as long as documents.
  const product = ofDocuments * (lengthOf(queries) || ofDocuments);
  return (similarity === 'euclidean' ? 2 * product : product) || 1;
}

/** The texts with one way to score words. */
interface Scored {
  readonly settings: LexicalSettings;
  readonly documents: Texts;
  readonly queries: Texts;
}

/** One way after the other, so that the lexical vectors of one are in memory at a time. */
function* allWays(
  set: ValidationQueries,
  ways: readonly Scored[],
  learned: Learned,
): Generator<Iterable<QueryScores>, void> {
  for (const way of ways) yield scoresOf(set, way, learned);
}

function* scoresOf(
  set: ValidationQueries,
  { queries, documents }: Scored,
  learned: Learned,
): Generator<QueryScores, void> {
  const byModel = allScores(
    learnedVectors(queries, set.queries, learned),
    learnedVectors(documents, set.documents, learned),
  );
  const byWords = allScores(lexicalVectors(queries, set.queries), lexicalVectors(documents, set.documents));
  for (const [i, relevant] of set.relevant.entries())
    yield {
      learned: byModel.next().value!,
      lexical: byWords.next().value!,
      relevant,
      ignored: set.ignored[i],
    };
}

async function write(context: Context, texts: Texts, file: string, hybrid: HybridConfig): Promise<void> {
  const count = rowCount(texts.texts);
  const npy = createNpy(join(context.output, file), count, hybridWidth(hybrid.learned, hybrid.lexical));
  try {
    for (let start = 0; start < count; start += CHUNK) {
      const rows = Uint32Array.from({ length: Math.min(CHUNK, count - start) }, (_, i) => start + i);
      npy.write(joined(texts.side, modelVectors(texts, rows), lexicalVectors(texts, rows), hybrid).data);
      context.progress({ done: start + rows.length, total: count, unit: 'lexical vectors' });
      await setImmediate();
      context.signal.throwIfAborted();
    }
    npy.finish();
  } finally {
    npy.close();
  }
}
