import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { openEncoder, type Encoder } from '../../src/engine/encoder.ts';
import type { Side } from '../../src/engine/tower.ts';
import { DOCUMENTS_FILE, QUERIES_FILE, writeEmbeddingsConfig } from '../../src/formats/embeddings.ts';
import { writeNpy } from '../../src/formats/npy.ts';
import { raggedFrom, row, rowCount, type Ragged } from '../../src/formats/ragged.ts';
import { modelIds, readTokens, type Tokens } from '../../src/formats/tokens.ts';
import { input, PipelineError, type StageContext, type StageResult } from '../../src/stage.ts';
import type { EmbedParams } from './kind.ts';

type Context = StageContext<EmbedParams>;

/** Texts in memory at a time: a matrix may be larger than memory. */
const CHUNK = 65_536;

export async function run(context: Context): Promise<StageResult> {
  const tokens = readTokens(input(context, 'tokens').path);
  const encoder = await openEncoder(input(context, 'model').path, context);
  try {
    checkVocabulary(encoder, tokens);
    const { max_query_length, max_document_length } = tokens.config;
    const documents = rowCount(tokens.documents);
    const queries = rowCount(tokens.queries);
    const total = documents + queries;
    const encode = (
      side: Side,
      file: string,
      texts: Ragged,
      maximum: number,
      before: number,
    ): Promise<void> =>
      encodeTo(context, encoder, side, file, seen(tokens, texts, maximum), { before, total });
    await encode('document', DOCUMENTS_FILE, tokens.documents, max_document_length, 0);
    await encode('query', QUERIES_FILE, tokens.queries, max_query_length, documents);
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

function checkVocabulary({ config }: Encoder, tokens: Tokens): void {
  const { rows } = config.embeddings;
  if (rows === tokens.config.model_vocabulary) return;
  throw new PipelineError(
    'E_INPUT',
    `the model knows ${rows} words, the tokens have ${tokens.config.model_vocabulary}`,
    { hint: 'Give embed the tokens that the model was trained on.' },
  );
}

function seen(tokens: Tokens, texts: Ragged, maximum: number): Uint32Array[] {
  return Array.from({ length: rowCount(texts) }, (_, i) => modelIds(row(texts, i), tokens.config, maximum));
}

async function encodeTo(
  context: Context,
  encoder: Encoder,
  side: Side,
  file: string,
  texts: readonly Uint32Array[],
  { before, total }: { readonly before: number; readonly total: number },
): Promise<void> {
  const { dimensions } = encoder.config;
  const chunks: Float32Array[] = [];
  for (let start = 0; start < texts.length; start += CHUNK) {
    const part = raggedFrom(texts.slice(start, start + CHUNK));
    const vectors = new Float32Array(rowCount(part) * dimensions);
    for (const done of encoder.encodeAll(side, part, vectors)) {
      context.progress({ done: before + start + done, total, unit: 'texts' });
      await setImmediate();
      context.signal.throwIfAborted();
    }
    chunks.push(vectors);
  }
  writeNpy(join(context.output, file), texts.length, dimensions, chunks);
}
