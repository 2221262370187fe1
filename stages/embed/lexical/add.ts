/**
 * Adds lexical parts to the vectors of a model: counts the words of the corpus, chooses the weight on the validation
 * queries, and writes the hybrid vectors in chunks. The model's vectors are read from the scratch folder.
 */
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import {
  DOCUMENTS_FILE,
  QUERIES_FILE,
  type HybridConfig,
  type WeightValidation,
} from '../../../src/formats/embeddings.ts';
import { writeWordFrequencies } from '../../../src/formats/lexical.ts';
import { createNpy } from '../../../src/formats/npy.ts';
import { rowCount } from '../../../src/formats/ragged.ts';
import type { Tokens } from '../../../src/formats/tokens.ts';
import { factorsOf, hybridWidth, joined } from '../../../src/retrieval/lexical/join.ts';
import { corpusWords, lexiconFrom } from '../../../src/retrieval/lexical/lexicon.ts';
import { documentEncoder, queryEncoder } from '../../../src/retrieval/lexical/vectors.ts';
import type { StageContext } from '../../../src/stage.ts';
import type { EmbedParams } from '../parameters.ts';
import { allScores } from './all-scores.ts';
import { chooseWeight, SAFE_WEIGHT, type QueryScores } from './choose-weight.ts';
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
  const { dimensions, seed, k1, b, weight } = context.params.lexical;
  const { words, places, averageLength } = corpusWords(tokens.documents, tokens.vocabulary.tokens);
  const counts = { documents: rowCount(tokens.documents), average_length: averageLength };
  const lexicon = lexiconFrom({ dimensions, seed, k1, b, ...counts }, words);
  const common = { places, dimensions };
  const documents: Texts = {
    ...common,
    side: 'document',
    texts: tokens.documents,
    file: join(context.scratch, DOCUMENTS_FILE),
    encode: documentEncoder(lexicon),
  };
  const queries: Texts = {
    ...common,
    side: 'query',
    texts: tokens.queries,
    file: join(context.scratch, QUERIES_FILE),
    encode: queryEncoder(lexicon),
  };
  const unit = unitOf(queries, documents, learned);
  const set = weight === 'auto' ? validationQueries(tokens, context.params.lexical) : undefined;
  const chosen = set && chooseWeight(scoresOf(set, queries, documents, learned), unit);
  const used = weight === 'auto' ? (chosen?.weight ?? SAFE_WEIGHT) : weight;
  const length = rootMeanSquare(lexicalVectors(documents, sampled(documents)));
  const hybrid: HybridConfig = {
    learned,
    lexical: lexicon.settings,
    weight: used,
    unit,
    ...factorsOf(used, unit, length),
    ...(chosen && { validation: validated(set, chosen.scores) }),
  };
  writeWordFrequencies(context.output, words);
  await write(context, documents, DOCUMENTS_FILE, hybrid);
  await write(context, queries, QUERIES_FILE, hybrid);
  return hybrid;
}

const validated = (
  { queries, documents }: ValidationQueries,
  scores: WeightValidation['scores'],
): WeightValidation => ({ queries: queries.length, documents: documents.length, scores });

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

function* scoresOf(
  set: ValidationQueries,
  queries: Texts,
  documents: Texts,
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
