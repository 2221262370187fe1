import { describe, expect, it } from 'vitest';
import { splitList, stagesMeant } from '../../src/plan/selector.ts';
import type { StageSpec } from '../../src/spec/spec.ts';

const stage = (name: string, matrix?: Record<string, string>): StageSpec =>
  ({ name, ...(matrix ? { group: name.split('[')[0], matrix } : {}) }) as unknown as StageSpec;

const STAGES = [
  stage('corpus'),
  stage('tokens'),
  stage('model[margin=0.1,seed=1]', { margin: '0.1', seed: '1' }),
  stage('model[margin=0.1,seed=2]', { margin: '0.1', seed: '2' }),
  stage('model[margin=0.2,seed=1]', { margin: '0.2', seed: '1' }),
];

const meant = (...selectors: string[]): string[] => [...stagesMeant(STAGES, selectors)];

describe('a stage selector', () => {
  it.each<[string, string[]]>([
    ['tokens', ['tokens']],
    ['corpus,tokens', ['corpus', 'tokens']],
    ['*s', ['corpus', 'tokens']],
    ['model', ['model[margin=0.1,seed=1]', 'model[margin=0.1,seed=2]', 'model[margin=0.2,seed=1]']],
    ['model[margin=0.1]', ['model[margin=0.1,seed=1]', 'model[margin=0.1,seed=2]']],
    ['model[seed=1,margin=0.2]', ['model[margin=0.2,seed=1]']],
    ['m*[margin=0.?,seed=2],corpus', ['model[margin=0.1,seed=2]', 'corpus']],
  ])('%s', (selector, expected) => {
    expect(meant(selector)).toEqual(expected);
  });

  it.each([
    ['modle', "there is no stage 'modle'", "Did you mean 'model'?"],
    ['x*', "no stage matches 'x*'", undefined],
    ['model[margin=7]', "there is no stage 'model[margin=7]'", undefined],
  ])('that means nothing is an error: %s', (selector, message, hint) => {
    expect(() => meant(selector)).toThrow(expect.objectContaining({ message, ...(hint ? { hint } : {}) }));
  });

  it('is split at commas outside brackets', () => {
    expect(splitList('a, b[x=1,y=2],c')).toEqual(['a', 'b[x=1,y=2]', 'c']);
  });
});
