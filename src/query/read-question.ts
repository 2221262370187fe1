import type { ModelQuestion } from './question.ts';
import type { VectorAnswers } from './vector-answers.ts';

/** A question as its words and as the model reads it. */
export interface Read {
  readonly words: readonly string[];
  /** Undefined where no model answers. */
  readonly question: ModelQuestion | undefined;
  /** Whether the model has a vector for any of the words that it reads, or its embeddings match a word. */
  readonly isKnown: boolean;
}

export function readQuestion(words: readonly string[], model: VectorAnswers | undefined): Read {
  const question = model?.read(words);
  const distinct = new Set(words.slice(0, model?.maximum)).size;
  const isKnown =
    question !== undefined &&
    (model!.knowsNgrams || distinct > question.unknown.length || words.some(model!.matches));
  return { words, question, isKnown };
}
