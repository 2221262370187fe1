/**
 * Chooses the texts that skip-gram is trained on and counts the words in them. The texts are token ids; nothing is
 * tokenised here.
 */
import { row, rowCount } from '../../src/formats/ragged.ts';
import { queriesOfSplit, UNKNOWN, type Tokens } from '../../src/formats/tokens.ts';
import { PipelineError } from '../../src/stage.ts';

/** The training texts: all documents, then the queries of the chosen splits. */
export interface Texts {
  readonly count: number;
  text(index: number): Uint32Array;
  /** [model_vocabulary]: occurrences of each known word in these texts; 0 for the special tokens. */
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

/** As in tokenize: `train`, the default, may be missing from the corpus; any other missing split is an error. */
function chosenQueries(tokens: Tokens, splits: readonly string[]): number[] {
  const there = tokens.config.splits;
  const missing = splits.find((split) => !there.includes(split) && split !== 'train');
  if (missing !== undefined)
    throw new PipelineError('E_INPUT', `splits names '${missing}', but the corpus has no such split`, {
      hint:
        there.length > 0 ? `The corpus has the splits ${there.join(', ')}.` : 'The corpus has no queries.',
    });
  return splits.flatMap((split) => [...queriesOfSplit(tokens, split)]).sort((a, b) => a - b);
}
