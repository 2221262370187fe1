import { describe, expect, it } from 'vitest';
import { isQuestion, sentencesOf, textOf } from '../../../stages/synthesize/text/sentences.ts';
import { wordsOf } from '../../../stages/synthesize/text/words.ts';

const sentences = (text: string): string[] => {
  const words = wordsOf(text);
  return sentencesOf(text, words).map((span) => textOf(text, words, span));
};

describe('words', () => {
  it('keep their places and are folded as the tokenizer folds them', () => {
    const text = 'Alzheimer’s costs 1,000.50 ﬁrst';
    expect(wordsOf(text).map(({ start, end, key }) => [text.slice(start, end), key])).toEqual([
      ['Alzheimer’s', 'alzheimer'],
      ['costs', 'costs'],
      ['1,000.50', '1,000.50'],
      ['ﬁrst', 'first'],
    ]);
  });

  it('are single characters where a script has no spaces', () => {
    expect(wordsOf('東京です').map(({ key }) => key)).toEqual(['東', '京', 'で', 'す']);
  });
});

describe('sentences', () => {
  it('end at a mark before white space, not at abbreviations, initials and numbers', () => {
    expect(
      sentences('Dr. J. Marfan saw 3.5 cases vs. none. "Is it rare?" It is (about 1 in 5,000). e.g. Here.'),
    ).toEqual(['Dr. J. Marfan saw 3.5 cases vs. none', 'Is it rare', 'It is (about 1 in 5,000). e.g. Here']);
  });

  it('end without white space in Chinese and Japanese, and at blank lines and list items', () => {
    expect(sentences('東京は大きい。大阪も大きい！')).toEqual(['東京は大きい', '大阪も大きい']);
    expect(sentences('Symptoms\n\nFever and\nchills\n- cough\n- pain')).toEqual([
      'Symptoms',
      'Fever and chills',
      'cough',
      'pain',
    ]);
  });

  it('are questions by the mark that follows', () => {
    const text = 'Is it rare? It is.';
    const words = wordsOf(text);
    expect(sentencesOf(text, words).map((span) => isQuestion(text, words, span))).toEqual([true, false]);
  });
});
