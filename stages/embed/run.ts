/**
 * Runs an embed stage: encodes all documents and queries with the trained model, in chunks, into .npy matrices. The
 * encoder is in src/engine; nothing is trained here.
 */
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { digestOfFile } from '../../src/base/hash.ts';
import { openEncoder, type Encoder } from '../../src/engine/model/open-encoder.ts';
import type { Side } from '../../src/engine/model/towers.ts';
import { DOCUMENTS_FILE, QUERIES_FILE, writeEmbeddingsConfig } from '../../src/formats/embeddings.ts';
import { writeNpy } from '../../src/formats/npy.ts';
import { raggedFrom, row, rowCount, type Ragged } from '../../src/formats/ragged.ts';
import { modelIds, readTokenizerConfig, readTokens, type Tokens } from '../../src/formats/tokens.ts';
import { input, PipelineError, type StageContext, type StageResult } from '../../src/stage.ts';
import { collapseWarning, vectorSample } from './collapse.ts';
import type { EmbedParams } from './parameters.ts';

type Context = StageContext<EmbedParams>;

/** Texts encoded at a time. */
const CHUNK = 65_536;

export async function run(context: Context): Promise<StageResult> {
  const modelFolder = input(context, 'model').path;
  const given = readTokens(input(context, 'tokens').path);
  checkVocabulary(modelFolder, input(context, 'tokens').path);
  // The truncation lengths and the vocabulary size that the model was trained with.
  const tokens: Tokens = { ...given, config: readTokenizerConfig(modelFolder) };
  const encoder = await openEncoder(modelFolder, context);
  try {
    const { max_query_length, max_document_length } = tokens.config;
    const documents = rowCount(tokens.documents);
    const queries = rowCount(tokens.queries);
    const total = documents + queries;
    const encode = (part: Part): Promise<number | undefined> =>
      encodeTo(context, encoder, tokens, part, total);
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
    const warning = collapseWarning({ documents: ofDocuments, queries: ofQueries });
    if (warning) context.warn(warning);
    const { similarity, dimensions } = encoder.config;
    writeEmbeddingsConfig(context.output, { similarity, dimensions, documents, queries });
    return {
      metrics: { documents, queries, dimensions },
      headline: `${total.toLocaleString('en-US')} texts · ${dimensions} dimensions`,
    };
  } finally {
    encoder.dispose();
  }
}

/** Token ids mean different words in different vocabularies. */
function checkVocabulary(model: string, tokens: string): void {
  const [known, used] = [model, tokens].map((folder) => digestOfFile(join(folder, 'vocabulary.tsv')));
  if (known === used) return;
  throw new PipelineError('E_INPUT', 'the tokens and the model have different vocabularies', {
    hint: 'Use the tokens that the model was trained on.',
  });
}

interface Part {
  readonly side: Side;
  readonly file: string;
  readonly texts: Ragged;
  /** Truncation length of a text, in tokens. */
  readonly maximum: number;
  /** Texts in the earlier parts, for the progress. */
  readonly before: number;
}

/** Returns the mean cosine of a sample of the vectors, if there are enough. */
async function encodeTo(
  context: Context,
  encoder: Encoder,
  tokens: Tokens,
  { side, file, texts, maximum, before }: Part,
  total: number,
): Promise<number | undefined> {
  const { dimensions } = encoder.config;
  const count = rowCount(texts);
  const sample = vectorSample(count, dimensions);
  const chunks: Float32Array[] = [];
  for (let start = 0; start < count; start += CHUNK) {
    const length = Math.min(CHUNK, count - start);
    const seen = Array.from({ length }, (_, i) => modelIds(row(texts, start + i), tokens.config, maximum));
    const vectors = new Float32Array(length * dimensions);
    for (const done of encoder.encodeAll(side, raggedFrom(seen), vectors)) {
      context.progress({ done: before + start + done, total, unit: 'texts' });
      await setImmediate();
      context.signal.throwIfAborted();
    }
    sample.see(start, vectors);
    chunks.push(vectors);
  }
  writeNpy(join(context.output, file), count, dimensions, chunks);
  return sample.meanCosine();
}
