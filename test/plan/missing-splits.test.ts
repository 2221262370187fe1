import { expect, test } from 'vitest';
import { missingSplits } from '../../src/plan/missing-splits.ts';
import type { StageSpec } from '../../src/spec/spec.ts';
import type { FoundArtifact } from '../../src/store/store.ts';

const location = { file: 's.yaml', line: 7, column: 3, length: 4, text: '' };
const stage = (name: string, output: string, inputs: readonly string[], split?: string): StageSpec =>
  ({
    name,
    kind: { declaration: { output } },
    inputs: { any: inputs },
    ...(split === undefined ? {} : { splits: [{ name: 'split', value: split, location }] }),
    location,
  }) as unknown as StageSpec;

const corpusWith = (...splits: readonly string[]): FoundArtifact =>
  ({
    manifest: {
      metrics: { queries: 1, ...Object.fromEntries(splits.map((name) => [`queries_${name}`, 1])) },
    },
  }) as unknown as FoundArtifact;

const stages = [
  stage('corpus', 'corpus', []),
  stage('other', 'corpus', []),
  stage('tokens', 'tokens', ['corpus']),
  stage('triplets', 'triplets', ['tokens'], 'train'),
  stage('model', 'model', ['tokens', 'triplets']),
  stage('report', 'report', ['corpus', 'tokens', 'model'], 'tset'),
];

test('a split that the corpus does not have is found as soon as the corpus is there', () => {
  const artifacts = new Map([['corpus', corpusWith('train', 'test')]]);
  expect([...missingSplits(stages, artifacts)].map(([{ name }, found]) => [name, found])).toEqual([
    [
      'report',
      [
        {
          severity: 'error',
          message: "'split' of 'report' is 'tset', but 'corpus' has no such split",
          location,
          hint: "Did you mean 'test'?",
        },
      ],
    ],
  ]);
});

test('nothing is said before, nor about another corpus, nor where its splits are unknown', () => {
  expect(missingSplits(stages, new Map()).size).toBe(0);
  expect(missingSplits(stages, new Map([['other', corpusWith('train')]])).size).toBe(0);
  expect(missingSplits(stages, new Map([['corpus', corpusWith()]])).size).toBe(0);
  const both = new Map([
    ['corpus', corpusWith('train')],
    ['other', corpusWith('train')],
  ]);
  expect(missingSplits(stages, both, 'other').size).toBe(0);
});
