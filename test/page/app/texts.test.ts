import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import {
  cutText,
  intervalText,
  measureText,
  percentText,
  pText,
  stars,
} from '../../../src/page/app/format.ts';
import { bytesOf, unitPositions } from '../../../src/page/app/decode.ts';
import { shortNames } from '../../../src/page/app/pages/sweep/parameter-values.ts';
import { yamlText } from '../../../src/page/app/parts/yaml-text.ts';

it('cuts a text between characters as a reader counts them', () => {
  expect(cutText('👩🏽‍⚕️👩🏽‍⚕️👩🏽‍⚕️', 2)).toBe('👩🏽‍⚕️…');
  expect(cutText('short', 9)).toBe('short');
});

it('writes figures as the commands do', () => {
  expect(intervalText([-0.0123, 0.5])).toBe('−0.012–0.500');
  expect([pText(0.0001), pText(0.49)]).toEqual(['0.0001', '0.49']);
  expect([stars(0.0005), stars(0.02), stars(0.2)]).toEqual(['***', '*', '']);
  expect([percentText(0.0702), percentText(0.13), percentText(0)]).toEqual(['7.0 %', '13 %', '0 %']);
  expect(['mrr@10', 'ndcg@10', 'map', 'recall@1', 'p@1'].map(measureText)).toEqual([
    'MRR@10',
    'nDCG@10',
    'MAP',
    'recall@1',
    'P@1',
  ]);
});

describe('parameters as YAML', () => {
  it.each([
    { seed: 42, loss: { name: 'triplet', margin: 0.2 }, projection: null, on: true },
    { negatives: [{ from: 'bm25', weight: 1 }, { from: 'random' }], empty: {}, none: [] },
    { 'a key': 'yes', odd: ['1', 'null', '- x', 'שלום: 👋', ''], nested: [[1, 2], [3]] },
  ])('are read by a YAML reader as they were: %j', (value) => {
    expect(parse(yamlText(value))).toEqual(value);
  });
});

it('names parameters as briefly as they can be told apart', () => {
  const names = [
    'model.optimizer.learning_rate',
    'first.loss.margin',
    'model.loss.margin',
    'model.loss.name',
  ];
  expect([...shortNames(names).values()]).toEqual([
    'learning_rate',
    'first.loss.margin',
    'model.loss.margin',
    'loss.name',
  ]);
});

it('reads positions in base64, with y upwards in the data and downwards on the screen', () => {
  const bytes = Buffer.alloc(8);
  [0, 0, 65_535, 65_535].forEach((value, i) => bytes.writeUInt16LE(value, 2 * i));
  const { x, y } = unitPositions(bytes.toString('base64'));
  expect(x[0]).toBeLessThan(0.05);
  expect(x[1]).toBeGreaterThan(0.95);
  expect(y[0]).toBeGreaterThan(0.95);
  expect([...bytesOf(Buffer.of(1, 255).toString('base64'))]).toEqual([1, 255]);
});
