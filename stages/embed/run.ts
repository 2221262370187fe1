/**
 * Runs an embed stage: encodes all documents and queries with the trained model, in chunks, into .npy matrices, and adds
 * their lexical parts (lexical/). The encoder is in src/engine; nothing is trained here.
 */
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { openEncoder, type Encoder } from '../../src/engine/model/open-encoder.ts';
import type { Side } from '../../src/engine/model/towers.ts';
import { DOCUMENTS_FILE, QUERIES_FILE, writeEmbeddingsConfig } from '../../src/formats/embeddings.ts';
import { createNpy } from '../../src/formats/npy.ts';
import { raggedFrom, row, rowCount, type Ragged } from '../../src/formats/ragged.ts';
import {
  extendsVocabulary,
  modelTexts,
  readTokenizerConfig,
  readTokens,
  readVocabulary,
  type Tokens,
} from '../../src/formats/tokens.ts';
import { input, PipelineError, type StageContext, type StageResult } from '../../src/stage.ts';
import { hybridEmbeddings } from '../../src/retrieval/lexical/join.ts';
import { collapseWarning, vectorSample } from './collapse.ts';
import { earlierVectors, type EarlierVectors } from './earlier-vectors.ts';
import { addLexicalParts } from './lexical/add.ts';
import { hybridMetrics, hybridText } from './lexical/report.ts';
import type { EmbedParams } from './parameters.ts';
import { unknownMetrics, unknownShares, unknownText, unknownWarning } from './unknown-words.ts';

type Context = StageContext<EmbedParams>;

/** Texts encoded at a time; fewer if their vectors would take more than 64 MiB. */
const CHUNK = 65_536;
const CHUNK_VALUES = 1 << 24;

export async function run(context: Context): Promise<StageResult> {
  const modelFolder = input(context, 'model').path;
  const given = readTokens(input(context, 'tokens').path);
  checkVocabulary(modelFolder, input(context, 'tokens').path);
  // The truncation lengths and the vocabulary size that the model was trained with.
  const modelTokens = readTokenizerConfig(modelFolder);
  const newWords = given.vocabulary.tokens.slice(modelTokens.model_vocabulary);
  const { engine, threads } = context;
  const encoder = await openEncoder(modelFolder, { engine, threads, newWords: newWords.length });
  try {
    const { knowsNgrams } = encoder;
    if (knowsNgrams) encoder.nameWords(newWords);
    const tokens: Tokens = {
      ...given,
      config: knowsNgrams
        ? { ...modelTokens, model_vocabulary: given.vocabulary.tokens.length }
        : modelTokens,
    };
    const unknown = unknownShares(given, modelTokens, readVocabulary(modelFolder).tokens.length);
    const unknownProblem = unknownWarning(unknown, knowsNgrams);
    if (unknownProblem) context.warn(unknownProblem);
    const { max_query_length, max_document_length } = tokens.config;
    const documents = rowCount(tokens.documents);
    const queries = rowCount(tokens.queries);
    const total = documents + queries;
    const isHybrid = context.params.lexical.dimensions > 0;
    // Vectors of hybrid embeddings are complete when all texts are encoded and the weight is chosen.
    const folder = isHybrid ? context.scratch : context.output;
    const readAs = { config: modelTokens, knowsNgrams, vocabulary: given.vocabulary };
    const earlier = earlierVectors(context, readAs);
    const encode = (part: Omit<Part, 'folder'>): Promise<Encoded> =>
      encodeTo(context, encoder, tokens, { ...part, folder }, earlier, total);
    const ofDocuments = await encode({
      side: 'document',
      file: DOCUMENTS_FILE,
      texts: tokens.documents,
      maximum: max_document_length,
      before: 0,
    });
    const ofQueries = await encode({
      side: 'query',
      file: QUERIES_FILE,
      texts: tokens.queries,
      maximum: max_query_length,
      before: documents,
    });
    const warning = collapseWarning({ documents: ofDocuments.cosine, queries: ofQueries.cosine });
    if (warning) context.warn(warning);
    const { similarity, dimensions } = encoder.config;
    const hybrid = isHybrid ? await addLexicalParts(context, given, { similarity, dimensions }) : undefined;
    const counts = { documents, queries };
    const reused = ofDocuments.reused + ofQueries.reused;
    const config = hybrid ? hybridEmbeddings(hybrid, counts) : { similarity, dimensions, ...counts };
    writeEmbeddingsConfig(context.output, config);
    return {
      metrics: {
        ...counts,
        dimensions: config.dimensions,
        ...unknownMetrics(unknown),
        ...(earlier && { reused }),
        ...(hybrid && hybridMetrics(hybrid)),
      },
      headline: `${total.toLocaleString('en-US')} texts${reused > 0 ? `, ${(total - reused).toLocaleString('en-US')} of them new` : ''} · ${hybrid ? hybridText(hybrid) : `${dimensions} dimensions`}${unknownText(unknown, knowsNgrams)}`,
    };
  } finally {
    encoder.dispose();
  }
}

/** Token ids mean different words in different vocabularies. */
function checkVocabulary(model: string, tokens: string): void {
  if (extendsVocabulary(tokens, model)) return;
  throw new PipelineError('E_INPUT', 'the tokens and the model have different vocabularies', {
    hint: 'Use the tokens that the model was trained on, or give these to the tokenize stage as its input `vocabulary`.',
  });
}

interface Part {
  readonly side: Side;
  readonly folder: string;
  readonly file: string;
  readonly texts: Ragged;
  /** Truncation length of a text, in tokens. */
  readonly maximum: number;
  /** Texts in the earlier parts, for the progress. */
  readonly before: number;
}

interface Encoded {
  /** Mean cosine of a sample of the vectors, if there are enough. */
  readonly cosine: number | undefined;
  /** Number of vectors that were taken over. */
  readonly reused: number;
}

async function encodeTo(
  context: Context,
  encoder: Encoder,
  tokens: Tokens,
  { side, folder, file, texts, maximum, before }: Part,
  earlier: EarlierVectors | undefined,
  total: number,
): Promise<Encoded> {
  const { dimensions } = encoder.config;
  const count = rowCount(texts);
  const atOnce = Math.max(1, Math.min(CHUNK, Math.floor(CHUNK_VALUES / dimensions)));
  const sample = vectorSample(count, dimensions);
  const npy = createNpy(join(folder, file), count, dimensions);
  let reused = 0;
  try {
    for (let start = 0; start < count; start += atOnce) {
      const length = Math.min(atOnce, count - start);
      const seen = modelTexts(texts, tokens.config, maximum, start, start + length);
      const vectors = new Float32Array(length * dimensions);
      const left = earlier?.take(side, seen, vectors);
      const taken = left ? length - left.length : 0;
      reused += taken;
      const toEncode = left ? raggedFrom(left.map((i) => row(seen, i))) : seen;
      const encoded = left ? new Float32Array(left.length * dimensions) : vectors;
      for (const done of encoder.encodeAll(side, toEncode, encoded)) {
        context.progress({ done: before + start + taken + done, total, unit: 'texts' });
        await setImmediate();
        context.signal.throwIfAborted();
      }
      for (const [at, i] of (left ?? []).entries())
        vectors.set(encoded.subarray(at * dimensions, (at + 1) * dimensions), i * dimensions);
      sample.see(start, vectors);
      npy.write(vectors);
    }
    npy.finish();
  } finally {
    npy.close();
  }
  return { cosine: sample.meanCosine(), reused };
}
