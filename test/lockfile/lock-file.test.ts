import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { digestOf } from '../../src/base/hash.ts';
import { lockFileOf, lockText, readLock } from '../../src/lockfile/lock-file.ts';
import { lockedStage } from '../../src/lockfile/mask.ts';
import { temporaryFolder } from '../helpers/run-kind.ts';
import { manifest } from './fixtures.ts';

describe('a lock', () => {
  it('lies beside its spec', () => {
    expect(lockFileOf('/a/quickstart.yaml')).toBe('/a/quickstart.lock.yaml');
    expect(lockFileOf('/a/b.c.yml')).toBe('/a/b.c.lock.yaml');
  });

  it('reads back as it was written, whatever order it was made in', () => {
    const [a, b] = [
      lockedStage(manifest()),
      lockedStage(manifest({ parameters: { z: 1, a: [true, null] } })),
    ];
    const head = { format: 1, spec: 's', engine: 'wasm (cpu, exact, 1)' } as const;
    const text = lockText({ ...head, stages: { 'model[seed=1]': a, corpus: b } });
    expect(text).toBe(lockText({ ...head, stages: { corpus: b, 'model[seed=1]': a } }));
    const file = join(temporaryFolder(), 's.lock.yaml');
    writeFileSync(file, text);
    expect(readLock(file)).toEqual({ ...head, stages: { 'model[seed=1]': a, corpus: b } });
  });

  it('keeps a digest that looks like a number', () => {
    const digest = digestOf('').replace(/^.*$/, `${'1'.repeat(60)}e123`) as ReturnType<typeof digestOf>;
    const file = join(temporaryFolder(), 's.lock.yaml');
    const stages = { a: { ...lockedStage(manifest()), digest } };
    writeFileSync(file, lockText({ format: 1, spec: 's', engine: null, stages }));
    expect(readLock(file)!.stages['a']!.digest).toBe(digest);
  });

  it.each([
    ['stages: [', 'it is not valid YAML'],
    ['just text', 'it is not a lock'],
    ['format: 2\nstages: {}', 'it has format 2, and this version supports format 1'],
    ['format: 1\nstages: { a: { key: x } }', "the entry of 'a' is not complete"],
  ])('is refused where it reads %j', (text, why) => {
    const file = join(temporaryFolder(), 's.lock.yaml');
    writeFileSync(file, text);
    expect(() => readLock(file)).toThrow(why);
  });

  it('is undefined where there is none', () => {
    expect(readLock(join(temporaryFolder(), 'none.lock.yaml'))).toBeUndefined();
  });
});
