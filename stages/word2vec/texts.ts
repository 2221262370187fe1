/**
 * Which texts skip-gram learns from, and how often each word occurs in them. They are token ids, already cut into
 * words.
 */
import { row, rowCount } from '../../src/formats/ragged.ts';
import { queriesOfSplit, UNKNOWN, type Tokens } from '../../src/formats/tokens.ts';
import { PipelineError } from '../../src/stage.ts';

/** The texts to learn from: all documents, then the queries of the chosen splits. */
export interface Texts {
  readonly count: number;
  text(index: number): Uint32Array;
  /** [model_vocabulary]: how often each known word occurs in these texts; 0 for the special tokens. */
  readonly counts: Uint32Array;
  /** Sum of `counts`. */
  readonly words: number;
  readonly longest: number;
}

export function trainingTexts(tokens: Tokens, splits: readonly string[]): Texts {
  const queries = chosenQueries(tokens, splits);
  const documents = rowCount(tokens.documents);
  const text = (index: number): Uint32Array =>
    index < documents ? row(tokens.documents, index) : row(tokens.queries, queries[index - documents]!);
  const count = documents + queries.length;
  const counts = new Uint32Array(tokens.config.model_vocabulary);
  let [words, longest] = [0, 0];
  for (let index = 0; index < count; index++) {
    const ids = text(index);
    longest = Math.max(longest, ids.length);
    for (const id of ids) {
      if (id <= UNKNOWN || id >= counts.length) continue;
      counts[id]!++;
      words++;
    }
  }
  return { count, text, counts, words, longest };
}

/** As in `tokenize`: that the default split is missing is fine, that another one is, is a mistake. */
function chosenQueries(tokens: Tokens, splits: readonly string[]): number[] {
  const there = tokens.config.splits;
  const missing = splits.find((split) => !there.includes(split) && split !== 'train');
  if (missing !== undefined)
    throw new PipelineError('E_INPUT', `splits names '${missing}', and the corpus has no such split`, {
      hint: there.length > 0 ? `its splits are ${there.join(', ')}` : 'it has no queries',
    });
  return splits.flatMap((split) => [...queriesOfSplit(tokens, split)]).sort((a, b) => a - b);
}
