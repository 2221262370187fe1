import { join } from 'node:path';
import {
  DOCUMENTS_FILE,
  QUERIES_FILE,
  writeEmbeddingsConfig,
  type Similarity,
} from '../../src/formats/embeddings.ts';
import { writeNpy, type Matrix } from '../../src/formats/npy.ts';
import { raggedFrom } from '../../src/formats/ragged.ts';
import { SPECIAL_TOKENS, writeTokens, type Tokens } from '../../src/formats/tokens.ts';
import { random } from '../../src/base/random.ts';
import type { InputArtifact } from '../../src/stage.ts';
import { temporaryFolder } from '../helpers/run-kind.ts';

export interface SmallQuery {
  readonly text: string;
  readonly split?: string;
  /** doc_id → relevance */
  readonly relevant: Readonly<Record<number, number>>;
  readonly candidates?: readonly number[];
  readonly type?: string;
}

/** Tokens of a small corpus, words cut at spaces. */
export function tokensOf(documents: readonly string[], queries: readonly SmallQuery[]): Tokens {
  const ids = new Map<string, number>(SPECIAL_TOKENS.map((token, id) => [token, id]));
  const encode = (text: string): number[] =>
    text
      .split(' ')
      .filter((word) => word !== '')
      .map((word) => {
        if (!ids.has(word)) ids.set(word, ids.size);
        return ids.get(word)!;
      });
  const splits = [...new Set(queries.map(({ split }) => split ?? 'train'))];
  const judgements = queries.flatMap(({ relevant }, query) =>
    Object.entries(relevant).map(([document, relevance]) => [query, Number(document), relevance] as const),
  );
  const documentRows = raggedFrom(documents.map(encode));
  const queryRows = raggedFrom(queries.map(({ text }) => encode(text)));
  return {
    config: {
      format: 1,
      normalization: 'NFKC',
      lowercase: true,
      model_vocabulary: ids.size,
      max_query_length: 16,
      max_document_length: 64,
      splits,
    },
    vocabulary: { tokens: [...ids.keys()], counts: [...ids.keys()].map(() => 1) },
    documents: documentRows,
    queries: queryRows,
    querySplit: Uint8Array.from(queries, ({ split }) => splits.indexOf(split ?? 'train')),
    qrels: {
      query: Uint32Array.from(judgements, ([query]) => query),
      document: Uint32Array.from(judgements, ([, document]) => document),
      relevance: Int32Array.from(judgements, ([, , relevance]) => relevance),
    },
    candidates: raggedFrom(queries.map(({ candidates }) => candidates ?? [])),
  };
}

const artifact = (type: string, path: string): InputArtifact => ({
  type,
  stage: type,
  path,
  digest: '',
  metrics: {},
});

export function tokensArtifact(tokens: Tokens): InputArtifact {
  const folder = temporaryFolder();
  writeTokens(folder, tokens);
  return artifact('tokens', folder);
}

/** Normal random vectors, the same for the same name. */
export function randomMatrix(rows: number, columns: number, name: string): Matrix {
  const source = random(1, name);
  return { rows, columns, data: Float32Array.from({ length: rows * columns }, () => source.normal()) };
}

export function embeddingsArtifact(
  documents: Matrix,
  queries: Matrix,
  similarity: Similarity = 'cosine',
): InputArtifact {
  const folder = temporaryFolder();
  writeNpy(join(folder, DOCUMENTS_FILE), documents.rows, documents.columns, [documents.data]);
  writeNpy(join(folder, QUERIES_FILE), queries.rows, queries.columns, [queries.data]);
  writeEmbeddingsConfig(folder, {
    similarity,
    dimensions: documents.columns,
    documents: documents.rows,
    queries: queries.rows,
  });
  return artifact('embeddings', folder);
}
