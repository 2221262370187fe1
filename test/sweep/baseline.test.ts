import { expect, it } from 'vitest';
import { findBaseline } from '../../src/sweep/baseline.ts';
import type { Configuration } from '../../src/sweep/configurations.ts';

const configuration = (name: string, experiment?: string): Configuration => ({
  name,
  ...(experiment === undefined ? {} : { experiment }),
  values: {},
  overrides: [],
});

const all = [
  configuration('plain margin=0', 'plain'),
  configuration('plain margin=1', 'plain'),
  configuration('wide margin=0', 'wide'),
];

it('a baseline is a configuration by its whole name, or an experiment that is one configuration', () => {
  expect(findBaseline('plain margin=1', all)).toMatchObject({ configuration: all[1] });
  expect(findBaseline('wide', all)).toMatchObject({ configuration: all[2] });
});

it('an ambiguous or misspelt baseline is an error that lists the names', () => {
  expect(findBaseline('plain', all)).toEqual({
    found: false,
    message: "the experiment 'plain' has 2 configurations",
    hint: 'The choices are plain margin=0, plain margin=1.',
  });
  expect(findBaseline('wide margn=0', all)).toMatchObject({ hint: "Did you mean 'wide margin=0'?" });
});
