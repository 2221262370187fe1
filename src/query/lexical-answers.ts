/** Answers by common words alone: BM25 over the tokens of the documents. */
import { isDeepStrictEqual } from 'node:util';
import { row, rowCount } from '../formats/ragged.ts';
import { readTokens } from '../formats/tokens.ts';
import type { Bm25Parameters } from '../formats/word-scoring.ts';
import { bm25Family, type Bm25 } from '../retrieval/bm25.ts';
import type { Retrieved } from '../retrieval/fusion.ts';
import { vocabularyMap } from '../retrieval/tokenizer.ts';
import { idsOf } from './question.ts';

export type LexicalAnswers = (words: readonly string[], top: number) => Retrieved;

/** Words in more than this fraction of the documents say little about any. */
const COMMON = 0.2;

/** The words of the vocabulary that are in many documents. `folder`: the `tokens` artifact. */
export function commonWords(folder: string): ReadonlySet<string> {
  const { documents, vocabulary } = readTokens(folder);
  const count = rowCount(documents);
  const [frequencies, latest] = [
    new Uint32Array(vocabulary.tokens.length),
    new Uint32Array(vocabulary.tokens.length),
  ];
  for (let document = 0; document < count; document++)
    for (const token of row(documents, document)) {
      if (latest[token] === document + 1) continue;
      latest[token] = document + 1;
      frequencies[token]! += 1;
    }
  return new Set(vocabulary.tokens.filter((_, id) => frequencies[id]! > COMMON * count));
}

/** Answers with words scored in any way. `folder`: the `tokens` artifact. */
export function openLexical(folder: string): (scoring: Bm25Parameters) => LexicalAnswers {
  const { documents, vocabulary } = readTokens(folder);
  const known = vocabularyMap(vocabulary);
  const family = bm25Family(documents, vocabulary.tokens.length);
  return (scoring) => {
    // Weighed when first asked: one command seldom asks for both ways.
    let opened: Bm25 | undefined;
    return (words, top) => {
      const bm25 = (opened ??= family(scoring));
      const ids = idsOf(words, known);
      return { ranking: bm25.search(ids, top), scores: (wanted) => bm25.scores(ids, wanted) };
    };
  };
}

export interface BothWords {
  /** BM25, answering alone. */
  readonly alone: LexicalAnswers;
  /** As the fusion scores words: the same function if that is by this BM25. */
  readonly fused: LexicalAnswers;
}

export function openBothWords(folder: string, bm25: Bm25Parameters, fused: Bm25Parameters): BothWords {
  const open = openLexical(folder);
  const alone = open(bm25);
  return { alone, fused: isDeepStrictEqual(bm25, fused) ? alone : open(fused) };
}

export const NOTHING: Retrieved = {
  ranking: { documents: new Uint32Array(), scores: new Float64Array() },
  scores: (documents) => new Float64Array(documents.length),
};
