/**
 * Vectors of texts that an earlier execution encoded with the same model: a text gets the same vector whatever else is
 * encoded, so that only new texts are left. Only the exact engine promises that, to the bit. Lexical parts depend on the
 * whole corpus and are always made again.
 */
import { join } from 'node:path';
import type { Side } from '../../src/engine/model/towers.ts';
import { DOCUMENTS_FILE, QUERIES_FILE, readEmbeddingsConfig } from '../../src/formats/embeddings.ts';
import { readNpyRows } from '../../src/formats/npy.ts';
import { row, rowCount, type Ragged } from '../../src/formats/ragged.ts';
import { modelTexts, readTokens, type TokenizerConfig, type Vocabulary } from '../../src/formats/tokens.ts';
import type { StageContext } from '../../src/stage.ts';

export interface EarlierVectors {
  /** Fills in the vectors of these texts that are known. Returns the rows of the others. */
  take(side: Side, texts: Ragged, vectors: Float32Array): number[];
}

export interface ReadAs {
  /** As the model reads texts. */
  readonly config: TokenizerConfig;
  readonly knowsNgrams: boolean;
  /** The present one. */
  readonly vocabulary: Vocabulary;
}

export function earlierVectors(
  { earlier, engine }: Pick<StageContext, 'earlier' | 'engine'>,
  { config, knowsNgrams, vocabulary }: ReadAs,
): EarlierVectors | undefined {
  if (!earlier || engine.backend !== 'wasm' || engine.precision !== 'exact') return undefined;
  const { dimensions, hybrid } = readEmbeddingsConfig(earlier.path);
  const width = hybrid?.learned.dimensions ?? dimensions;
  const before = readTokens(earlier.inputs['tokens']!.path);
  const all = knowsNgrams ? { ...config, model_vocabulary: before.vocabulary.tokens.length } : config;
  const present = presentIds(before.vocabulary, vocabulary, knowsNgrams ? config.model_vocabulary : Infinity);
  const known = {
    document: knownTexts(present(modelTexts(before.documents, all, config.max_document_length))),
    query: knownTexts(present(modelTexts(before.queries, all, config.max_query_length))),
  };
  const files = { document: DOCUMENTS_FILE, query: QUERIES_FILE };
  return {
    take: (side, texts, vectors) => {
      const count = rowCount(texts);
      // Queries of hybrid embeddings by distance are stored doubled.
      if (side === 'query' && hybrid?.learned.similarity === 'euclidean')
        return Array.from({ length: count }, (_, i) => i);
      const places = Array.from({ length: count }, (_, i) => known[side](row(texts, i)));
      const found = [...places.keys()].filter((i) => places[i] !== undefined);
      const file = join(earlier.path, files[side]);
      const { columns, data } = readNpyRows(
        file,
        found.map((i) => places[i]!),
      );
      for (const [at, i] of found.entries())
        vectors.set(data.subarray(at * columns, at * columns + width), i * width);
      return [...places.keys()].filter((i) => places[i] === undefined);
    },
  };
}

/** No id: the word is gone. */
const GONE = 0xffffffff;

/** Replaces ids of `before` from `from` on, which stand for other words now, by the present ids of the same words. */
function presentIds(before: Vocabulary, now: Vocabulary, from: number): (texts: Ragged) => Ragged {
  if (from >= before.tokens.length) return (texts) => texts;
  const ids = new Map(now.tokens.slice(from).map((word, i) => [word, from + i]));
  const moved = before.tokens.slice(from).map((word) => ids.get(word) ?? GONE);
  return ({ values, offsets }) => ({
    offsets,
    values: values.map((id) => (id < from ? id : moved[id - from]!)),
  });
}

/** Finds the row of an equal text. A text whose hash another one has taken is not found, and encoded again. */
function knownTexts(texts: Ragged): (ids: Uint32Array) => number | undefined {
  const rows = new Map<number, number>();
  for (let i = rowCount(texts) - 1; i >= 0; i--) rows.set(hashOf(row(texts, i)), i);
  return (ids) => {
    const place = rows.get(hashOf(ids));
    return place !== undefined && equal(row(texts, place), ids) ? place : undefined;
  };
}

/** FNV-1a over whole ids. */
function hashOf(ids: Uint32Array): number {
  let hash = 0x811c9dc5;
  for (const id of ids) hash = Math.imul(hash ^ id, 0x01000193);
  return hash ^ (hash >>> 15);
}

const equal = (a: Uint32Array, b: Uint32Array): boolean =>
  a.length === b.length && a.every((value, i) => value === b[i]);
