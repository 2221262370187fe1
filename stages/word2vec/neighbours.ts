/** neighbours.json: the nearest neighbours of the most frequent content words, to check that the vectors make sense. */
import { row, rowCount } from '../../src/formats/ragged.ts';
import { CHARACTER_CLASSES, LETTER, MARK } from '../../src/retrieval/characters.ts';
import { SPECIAL_TOKENS, type Tokens } from '../../src/formats/tokens.ts';
import type { WordVectors } from '../../src/formats/vectors.ts';

export interface Neighbour {
  readonly word: string;
  /** Rounded to four decimals. */
  readonly cosine: number;
}

/** By word, most frequent first. */
export type Neighbours = Readonly<Record<string, readonly Neighbour[]>>;

const WORDS = 20;
const NEAREST = 5;
/** Only the most frequent words are compared, to bound the time for a large vocabulary. */
const COMPARED = 50_000;
/** Words in a larger fraction of the documents than this say little about their content. */
const TOO_COMMON = 0.1;

export function nearestNeighbours(tokens: Tokens, vectors: WordVectors): Neighbours {
  const unit = unitRows(vectors, Math.min(vectors.rows, COMPARED));
  const list = contentWords(tokens, vectors).map((id) => {
    const found = nearest(unit, vectors, id).map(({ id: other, cosine }) => ({
      word: tokens.vocabulary.tokens[other]!,
      cosine: Math.round(cosine * 1e4) / 1e4,
    }));
    return [tokens.vocabulary.tokens[id]!, found] as const;
  });
  return Object.fromEntries(list);
}

/** Frequent words of three letters or more that have a vector and are not too common. */
function contentWords(tokens: Tokens, { known, rows }: WordVectors): number[] {
  const documents = documentFrequencies(tokens);
  const most = rowCount(tokens.documents) * TOO_COMMON;
  const found: number[] = [];
  for (let id = SPECIAL_TOKENS.length; id < Math.min(rows, COMPARED) && found.length < WORDS; id++) {
    const isWord = isLongWord(tokens.vocabulary.tokens[id]!);
    if (known[id] && isWord && documents[id]! <= most) found.push(id);
  }
  return found;
}

function isLongWord(word: string): boolean {
  const classes = Array.from(word, (character) => CHARACTER_CLASSES[character.codePointAt(0)!]);
  return classes.length >= 3 && classes.every((found) => found === LETTER || found === MARK);
}

function documentFrequencies({ documents, vocabulary }: Tokens): Uint32Array {
  const frequencies = new Uint32Array(vocabulary.tokens.length);
  const lastSeen = new Int32Array(vocabulary.tokens.length).fill(-1);
  for (let document = 0; document < rowCount(documents); document++) {
    for (const id of row(documents, document)) {
      if (lastSeen[id] === document) continue;
      lastSeen[id] = document;
      frequencies[id]!++;
    }
  }
  return frequencies;
}

/** [count, dimensions]: rows normalised to length 1; unknown rows stay zero. */
function unitRows({ data, dimensions, known }: WordVectors, count: number): Float64Array {
  const unit = new Float64Array(count * dimensions);
  for (let id = 0; id < count; id++) {
    if (!known[id]) continue;
    const start = id * dimensions;
    let square = 0;
    for (let i = start; i < start + dimensions; i++) square += data[i]! * data[i]!;
    const norm = Math.sqrt(square) || 1;
    for (let i = start; i < start + dimensions; i++) unit[i] = data[i]! / norm;
  }
  return unit;
}

function nearest(
  unit: Float64Array,
  { dimensions, known }: WordVectors,
  id: number,
): { id: number; cosine: number }[] {
  const best: { id: number; cosine: number }[] = [];
  const start = id * dimensions;
  for (let other = SPECIAL_TOKENS.length; other < unit.length / dimensions; other++) {
    if (other === id || !known[other]) continue;
    let cosine = 0;
    for (let i = 0; i < dimensions; i++) cosine += unit[start + i]! * unit[other * dimensions + i]!;
    if (best.length === NEAREST && cosine <= best.at(-1)!.cosine) continue;
    const place = best.findIndex((entry) => entry.cosine < cosine);
    best.splice(place < 0 ? best.length : place, 0, { id: other, cosine });
    if (best.length > NEAREST) best.pop();
  }
  return best;
}
