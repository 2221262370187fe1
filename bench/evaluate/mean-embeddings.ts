/** A stage kind for the benchmark: embeddings without training, the mean of each text's word vectors. */
import { join } from 'node:path';
import { DOCUMENTS_FILE, QUERIES_FILE, writeEmbeddingsConfig } from '../../src/formats/embeddings.ts';
import { writeNpy, type Matrix } from '../../src/formats/npy.ts';
import { readTokens } from '../../src/formats/tokens.ts';
import { readVectors } from '../../src/formats/vectors.ts';
import { meanVectors } from '../../src/retrieval/mean-vectors.ts';
import { defineStage, input } from '../../src/stage.ts';

export const stage = defineStage({
  description: 'Takes the mean of the word vectors of every document and query as its embedding.',
  parameters: { type: 'object', additionalProperties: false, properties: {} },
  inputs: {
    tokens: { type: 'tokens', description: 'The texts.' },
    vectors: { type: 'vectors', description: 'The word vectors.' },
  },
  output: 'embeddings',
  run: (context) => {
    const tokens = readTokens(input(context, 'tokens').path);
    const vectors = readVectors(input(context, 'vectors').path);
    const write = (file: string, { rows, columns, data }: Matrix): number => {
      writeNpy(join(context.output, file), rows, columns, [data]);
      return rows;
    };
    const documents = write(DOCUMENTS_FILE, meanVectors(tokens.documents, vectors));
    const queries = write(QUERIES_FILE, meanVectors(tokens.queries, vectors));
    const { dimensions } = vectors;
    writeEmbeddingsConfig(context.output, { similarity: 'cosine', dimensions, documents, queries });
    return Promise.resolve({ headline: `${documents} documents` });
  },
});
