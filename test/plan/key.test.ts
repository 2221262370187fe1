import { describe, expect, it } from 'vitest';
import type { Digest } from '../../src/base/hash.ts';
import type { JsonObject } from '../../src/base/json.ts';
import { keyDocument, type ResolvedPaths } from '../../src/plan/key.ts';
import { externalSet } from '../../src/store/external.ts';
import { reasonsBetween, reasonText } from '../../src/plan/reason.ts';
import type { StageSpec } from '../../src/spec/spec.ts';
import type { Engine } from '../../src/stage.ts';
import { keyOf, type KeyDocument } from '../../src/store/manifest.ts';

const WASM: Engine = { backend: 'wasm', precision: 'exact', device: 'cpu', version: '1' };

function stage(
  values: JsonObject,
  options: { name?: string; numeric?: boolean; code?: string } = {},
): StageSpec {
  return {
    name: options.name ?? 'model',
    kind: {
      name: 'train',
      code: (options.code ?? 'c1') as Digest,
      module: '/anywhere/train.js',
      origin: 'built-in',
      declaration: {
        description: '',
        parameters: {},
        inputs: {},
        output: 'model',
        numeric: options.numeric ?? true,
      },
    },
    inputs: {},
    with: values,
    paths: [],
    location: { file: 's.yaml', line: 1, column: 1, length: 1, text: '' },
  };
}

const none: ResolvedPaths = new Map();
const document = (of: StageSpec, paths = none, engine: Engine | null = WASM): KeyDocument =>
  keyDocument(of, { tokens: 'd1' as Digest }, paths, engine);

describe('the key of a stage', () => {
  it('is pinned: a change here makes every artifact of every user be made again', () => {
    expect(keyOf(document(stage({ margin: 0.2, seed: 42 })))).toBe(
      'ddf3ac55e5ff22bfc2c277f9e2d6b755ed0d80d62eb3552d03c42309c588d92b',
    );
  });

  it('does not depend on its name, the order of its parameters, or the location of its module', () => {
    const key = keyOf(document(stage({ a: 1, b: 2 })));
    expect(keyOf(document(stage({ b: 2, a: 1 }, { name: 'renamed' })))).toBe(key);
  });

  it('holds parameters, code, inputs, and the engine of kinds that compute', () => {
    const base = document(stage({ margin: 0.2 }));
    const keys = [
      base,
      document(stage({ margin: 0.4 })),
      document(stage({ margin: 0.2 }, { code: 'c2' })),
      keyDocument(stage({ margin: 0.2 }), { tokens: 'd2' as Digest }, none, WASM),
      document(stage({ margin: 0.2 }), none, { ...WASM, backend: 'tensorflow' }),
    ].map(keyOf);
    expect(new Set(keys).size).toBe(keys.length);
    const plain = stage({ margin: 0.2 }, { numeric: false });
    expect(keyOf(document(plain, none, { ...WASM, version: '2' }))).toBe(keyOf(document(plain)));
  });

  it('covers the content of files and their names below the path, not their location', () => {
    const files = (folder: string, digest: string): ResolvedPaths =>
      new Map([
        ['/path', externalSet([{ name: 'a.jsonl', path: `${folder}/a.jsonl`, digest: digest as Digest }])],
      ]);
    const here = document(stage({ path: '/here/a.jsonl' }), files('/here', 'f1'));
    const there = document(stage({ path: '/there/a.jsonl' }), files('/there', 'f1'));
    const other = document(stage({ path: '/here/a.jsonl' }), files('/here', 'f2'));
    expect(keyOf(there)).toBe(keyOf(here));
    expect(keyOf(other)).not.toBe(keyOf(here));
    expect(JSON.stringify(here)).not.toContain('/here');
  });
});

describe('the reason to run', () => {
  it('is every difference between two key documents', () => {
    const before = document(stage({ loss: { margin: 0.2 }, epochs: 3 }));
    const after = keyDocument(
      stage({ loss: { margin: 0.4 }, epochs: 3, clip: 1 }, { code: 'c2' }),
      { tokens: 'd9' as Digest },
      none,
      { ...WASM, backend: 'tensorflow', device: 'gpu' },
    );
    expect(reasonsBetween(before, after).map(reasonText)).toEqual([
      "the stage kind's code changed",
      'clip: null → 1',
      'loss.margin: 0.2 → 0.4',
      'input tokens changed',
      'engine: wasm (cpu, exact, 1) → tensorflow (gpu, exact, 1)',
    ]);
  });
});
