import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Key } from '../../../src/base/hash.ts';
import { garbageOf, type ArtifactUse, type Policy } from '../../../src/store/local/garbage.ts';

const HOUR = 3_600_000;
const NOW = Date.UTC(2026, 0, 31);

function use(name: string, fields: Partial<ArtifactUse> = {}): ArtifactUse {
  const artifact = { kind: 'train', key: name as Key, path: `/store/train/${name}`, manifest: undefined };
  const base = {
    bytes: 100,
    seconds: 9,
    lastUsed: NOW - 48 * HOUR,
    referenced: true,
    kept: false,
    pinned: false,
  };
  return { artifact, ...base, ...fields };
}

const POLICY: Policy = {
  keepRuns: false,
  grace: 86_400,
  olderThan: undefined,
  largerThan: 0,
  maxSize: undefined,
};

const gone = (uses: readonly ArtifactUse[], policy: Partial<Policy> = {}): string[] =>
  garbageOf(uses, { ...POLICY, ...policy }, NOW).map((garbage) => garbage.use.artifact.key);

describe('garbage', () => {
  it('is what no run refers to, once it is a day old', () => {
    const young = use('young', { referenced: false, lastUsed: NOW - HOUR });
    expect(gone([use('referenced'), use('lost', { referenced: false }), young])).toEqual(['lost']);
    expect(gone([young], { grace: 60 })).toEqual(['young']);
  });

  it('is what only runs refer to that are not to be kept', () => {
    expect(gone([use('old'), use('new', { kept: true })], { keepRuns: true })).toEqual(['old']);
  });

  it('is by age what was not used for long, but never a current result', () => {
    const uses = [use('old'), use('new', { lastUsed: NOW - HOUR }), use('current', { kept: true })];
    expect(gone(uses, { olderThan: 86_400 })).toEqual(['old']);
  });

  it('is by size only what is large', () => {
    const uses = [use('small', { referenced: false }), use('large', { referenced: false, bytes: 1000 })];
    expect(gone(uses, { largerThan: 500 })).toEqual(['large']);
  });

  it('is over the quota what is long unused, large and quickly made again, and no more than needed', () => {
    const uses = [
      use('slow', { seconds: 1000 }),
      use('large', { bytes: 300 }),
      use('stale', { lastUsed: NOW - 1000 * HOUR }),
      use('plain'),
    ];
    expect(gone(uses, { maxSize: 500 })).toEqual(['stale']);
    expect(gone(uses, { maxSize: 450 })).toEqual(['stale', 'large']);
    expect(gone(uses, { maxSize: 1 })).toEqual(['stale', 'large', 'plain', 'slow']);
  });

  it('is never what is pinned, and keeps within the quota whenever that can be done', () => {
    const anyUse = fc.record({
      bytes: fc.integer({ min: 0, max: 1000 }),
      seconds: fc.integer({ min: 0, max: 1000 }),
      lastUsed: fc.integer({ min: NOW - 1000 * HOUR, max: NOW }),
      referenced: fc.boolean(),
      kept: fc.boolean(),
      pinned: fc.boolean(),
    });
    fc.assert(
      fc.property(
        fc.array(anyUse),
        fc.integer({ min: 0, max: 5000 }),
        fc.boolean(),
        (fields, maxSize, keepRuns) => {
          const uses = fields.map((each, index) => use(String(index), each));
          const keys = new Set(gone(uses, { maxSize, keepRuns }));
          const left = uses.filter(({ artifact }) => !keys.has(artifact.key));
          expect(uses.filter(({ pinned }) => pinned).every((each) => left.includes(each))).toBe(true);
          const size = left.reduce((sum, { bytes }) => sum + bytes, 0);
          const removable = left.some(({ pinned, kept, bytes }) => !pinned && !kept && bytes > 0);
          expect(size <= maxSize || !removable).toBe(true);
        },
      ),
    );
  });
});
