import { describe, expect, it } from 'vitest';
import { openAccount, type Capacity, type Shortage } from '../../src/execute/capacity.ts';
import type { Resources, StageSpec } from '../../src/spec/spec.ts';

const stage = (resources?: Resources): StageSpec => ({ resources }) as unknown as StageSpec;
const CAPACITY: Capacity = { jobs: 4, threads: 4, memory: 100, gpu: 1 };

describe('what may execute at the same time', () => {
  it('is as many as there are jobs', () => {
    const account = openAccount(CAPACITY);
    for (let i = 0; i < 4; i++) account.take(stage());
    expect(account.lacks(stage())).toBe('jobs');
    account.give(stage());
    expect(account.lacks(stage())).toBeUndefined();
  });

  it.each<[string, Resources, Resources, Shortage | undefined]>([
    ['memory that is there', { memory: 60 }, { memory: 40 }, undefined],
    ['memory that is not', { memory: 60 }, { memory: 41 }, 'memory'],
    ['the only GPU', { gpu: 1 }, { gpu: 1 }, 'gpu'],
    ['a thread each', { threads: 3 }, { threads: 1 }, undefined],
    ['too many threads', { threads: 3 }, { threads: 2 }, 'threads'],
    ['something else', { memory: 100 }, { gpu: 1 }, undefined],
    ['nothing beside one that takes more than there is', { memory: 900 }, {}, undefined],
  ])('%s', (_, running, next, lacks) => {
    const account = openAccount(CAPACITY);
    account.take(stage(running));
    expect(account.lacks(stage(next))).toBe(lacks);
  });

  it('is at least one stage, whatever it requests', () => {
    const account = openAccount(CAPACITY);
    const greedy = stage({ memory: 1e9, threads: 64, gpu: 8 });
    expect(account.lacks(greedy)).toBeUndefined();
    account.take(greedy);
    expect(account.lacks(stage({ memory: 1 }))).toBe('memory');
    account.give(greedy);
    expect(account.lacks(stage({ memory: 100 }))).toBeUndefined();
  });
});
