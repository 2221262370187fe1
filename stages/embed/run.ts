import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { digestOfFile } from '../../src/base/hash.ts';
import { openEncoder, type Encoder } from '../../src/engine/encoder.ts';
import type { Side } from '../../src/engine/tower.ts';
import { DOCUMENTS_FILE, QUERIES_FILE, writeEmbeddingsConfig } from '../../src/formats/embeddings.ts';
import { writeNpy } from '../../src/formats/npy.ts';
import { raggedFrom, row, rowCount, type Ragged } from '../../src/formats/ragged.ts';
import { modelIds, readTokenizerConfig, readTokens, type Tokens } from '../../src/formats/tokens.ts';
import { input, PipelineError, type StageContext, type StageResult } from '../../src/stage.ts';
import type { EmbedParams } from './kind.ts';

type Context = StageContext<EmbedParams>;

/** Texts in memory at a time: a matrix may be larger than memory. */
const CHUNK = 65_536;

export async function run(context: Context): Promise<StageResult> {
  const modelFolder = input(context, 'model').path;
  const given = readTokens(input(context, 'tokens').path);
  checkVocabulary(modelFolder, input(context, 'tokens').path);
  // What the model was trained to see: its lengths, and the words that it knows.
  const tokens: Tokens = { ...given, config: readTokenizerConfig(modelFolder) };
  const encoder = await openEncoder(modelFolder, context);
  try {
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

/** An id stands for another word in another vocabulary. */
function checkVocabulary(model: string, tokens: string): void {
  const [known, used] = [model, tokens].map((folder) => digestOfFile(join(folder, 'vocabulary.tsv')));
  if (known === used) return;
  throw new PipelineError(
    'E_INPUT',
    'the tokens have another vocabulary than those that the model was trained on',
    {
      hint: 'Give embed the tokens of the stage that the model was trained on.',
    },
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
