import { describe, expect, it } from 'vitest';
import { openAccount, type Capacity } from '../../src/execute/capacity.ts';
import type { Resources, StageSpec } from '../../src/spec/spec.ts';

const stage = (resources?: Resources): StageSpec => ({ resources }) as unknown as StageSpec;
const CAPACITY: Capacity = { jobs: 4, threads: 4, memory: 100, gpu: 1 };

describe('what may execute at the same time', () => {
  it('is as many as there are jobs', () => {
    const account = openAccount(CAPACITY);
    for (let i = 0; i < 4; i++) account.take(stage());
    expect(account.fits(stage())).toBe(false);
    account.give(stage());
    expect(account.fits(stage())).toBe(true);
  });

  it.each<[string, Resources, Resources, boolean]>([
    ['memory that is there', { memory: 60 }, { memory: 40 }, true],
    ['memory that is not', { memory: 60 }, { memory: 41 }, false],
    ['the only GPU', { gpu: 1 }, { gpu: 1 }, false],
    ['a thread each', { threads: 3 }, { threads: 1 }, true],
    ['too many threads', { threads: 3 }, { threads: 2 }, false],
    ['something else', { memory: 100 }, { gpu: 1 }, true],
    ['nothing beside one that takes more than there is', { memory: 900 }, {}, true],
  ])('%s', (_, running, next, fits) => {
    const account = openAccount(CAPACITY);
    account.take(stage(running));
    expect(account.fits(stage(next))).toBe(fits);
  });

  it('is at least one stage, whatever it requests', () => {
    const account = openAccount(CAPACITY);
    const greedy = stage({ memory: 1e9, threads: 64, gpu: 8 });
    expect(account.fits(greedy)).toBe(true);
    account.take(greedy);
    expect(account.fits(stage({ memory: 1 }))).toBe(false);
    account.give(greedy);
    expect(account.fits(stage({ memory: 100 }))).toBe(true);
  });
});
