/** What to say about a question: which words nobody knew, what was cut, who answered instead. */
import { PipelineError } from '../base/diagnostic.ts';
import type { ModelQuestion } from './question.ts';

const MOST_QUOTED = 10;

/** `'a', 'b' and 3 more` */
function quoted(words: readonly string[]): string {
  const distinct = [...new Set(words)];
  const shown = distinct
    .slice(0, MOST_QUOTED)
    .map((word) => `'${word}'`)
    .join(', ');
  return distinct.length > MOST_QUOTED ? `${shown} and ${distinct.length - MOST_QUOTED} more` : shown;
}

export function noWords(question: string): PipelineError {
  const problem = question.trim() === '' ? 'the question is empty' : 'the question has no words';
  return new PipelineError('E_INPUT', problem);
}

export function noKnownWord(words: readonly string[], problem: string): PipelineError {
  return new PipelineError('E_INPUT', `${problem}: ${quoted(words)}`, {
    hint: 'Check the spelling and the language, or use other words.',
  });
}

export interface Reading {
  readonly words: readonly string[];
  readonly question: ModelQuestion;
  /** Longer questions are truncated. */
  readonly maximum: number;
  readonly knowsNgrams: boolean;
  /** BM25 answered because the model could not. */
  readonly isReplaced: boolean;
}

/** Sentences. */
export function notesOn({ words, question, maximum, knowsNgrams, isReplaced }: Reading): string[] {
  const notes: string[] = [];
  const { unknown } = question;
  if (unknown.length > 0)
    notes.push(
      `The model does not know ${quoted(unknown)}${knowsNgrams ? ' and takes what it does not know by n-grams' : ''}.`,
    );
  if (isReplaced) notes.push('It knows no word of the question, so BM25 answers alone.');
  else if (words.length > maximum)
    notes.push(`The model reads the first ${maximum} of ${words.length} words.`);
  return notes;
}
