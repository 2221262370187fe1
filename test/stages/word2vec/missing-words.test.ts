/** Words that a file of vectors lacks take theirs from their contexts and their n-grams. */
import { expect, test } from 'vitest';
import { random } from '../../../src/base/random.ts';
import type { WordVectors } from '../../../src/formats/vectors.ts';
import { estimateMissing } from '../../../stages/word2vec/pretrained/missing-words.ts';
import { fitRidge } from '../../../stages/word2vec/pretrained/ridge.ts';
import { tokensOf } from '../../retrieval/fixtures.ts';

test('ridge regression finds the map behind the data, and shrinks it with the penalty', () => {
  const source = random(7, 'ridge');
  const map = [2, -1, 0.5, 3, 0, 1];
  const x = Float64Array.from({ length: 300 }, () => source.normal());
  const y = new Float64Array(200);
  for (let row = 0; row < 100; row++)
    for (let j = 0; j < 2; j++)
      for (let i = 0; i < 3; i++) y[row * 2 + j]! += x[row * 3 + i]! * map[i * 2 + j]!;
  const predicted = new Float64Array(2);
  fitRidge(x, y, { inputs: 3, outputs: 2, penalty: 0 }).predict(Float64Array.of(1, 1, 1), predicted);
  expect(predicted[0]).toBeCloseTo(2.5, 8);
  expect(predicted[1]).toBeCloseTo(3, 8);
  fitRidge(x, y, { inputs: 3, outputs: 2, penalty: 1 }).predict(Float64Array.of(1, 1, 1), predicted);
  expect(predicted[0]).toBeGreaterThan(1);
  expect(predicted[0]).toBeLessThan(1.7);
});

/** Two topics, each with its own direction; words occur among words of their topic and share a stem with them. */
function topics(): {
  vectors: WordVectors;
  tokens: ReturnType<typeof tokensOf>;
  id: (word: string) => number;
} {
  const stems = ['cardio', 'plumb'];
  const word = (topic: number, i: number): string =>
    `${stems[topic]!}${String.fromCharCode(97 + (i % 26))}${i}`;
  const documents = Array.from({ length: 160 }, (_, i) =>
    Array.from({ length: 10 }, (_, k) => word(i % 2, (i * 7 + k * 3) % 60)).join(' '),
  );
  const tokens = tokensOf([...documents, 'cardionew cardioa0 cardiob1 cardioc2'], []);
  const words = tokens.vocabulary.tokens;
  const source = random(3, 'topics');
  const data = new Float32Array(words.length * 4);
  const known = new Uint8Array(words.length);
  for (const [id, text] of words.entries()) {
    if (text.startsWith('<') || text === 'cardionew') continue;
    known[id] = 1;
    const topic = text.startsWith('cardio') ? 0 : 1;
    for (let i = 0; i < 4; i++) data[id * 4 + i] = (i === topic ? 3 : 0) + 0.2 * source.normal();
  }
  return { vectors: { rows: words.length, dimensions: 4, data, known }, tokens, id: (w) => words.indexOf(w) };
}

test('a missing word gets a vector near the words that it stands among and is spelled like', () => {
  const { vectors, tokens, id } = topics();
  const { ids, cosine } = estimateMissing(vectors, tokens);
  expect(ids).toEqual([id('cardionew')]);
  expect(cosine).toBeGreaterThan(0.9);
  const at = id('cardionew') * 4;
  expect(vectors.data[at]).toBeGreaterThan(2.5);
  expect(Math.abs(vectors.data[at + 1]!)).toBeLessThan(1);
  expect(vectors.known[id('cardionew')]).toBe(0);
});

test('where contexts and spelling say nothing about a word, nothing is estimated', () => {
  const { vectors, tokens } = topics();
  const source = random(5, 'noise');
  for (let i = 0; i < vectors.data.length; i++) vectors.data[i] = source.normal();
  const { ids, cosine } = estimateMissing(vectors, tokens);
  expect(cosine).toBeLessThan(0.1);
  expect(ids).toEqual([]);
});
