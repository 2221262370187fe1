import { describe, expect, it } from 'vitest';
import { digestOf } from '../../src/base/hash.ts';
import { compareWithLock, explanation } from '../../src/lockfile/compare.ts';
import { lockedStage } from '../../src/lockfile/mask.ts';
import type { KeyDocument } from '../../src/store/manifest.ts';
import { manifest } from './fixtures.ts';

const locked = lockedStage(manifest());

describe('a result compared with the lock', () => {
  it('has the same bytes and the same key', () => {
    const { bytes, key, because } = compareWithLock(locked, manifest());
    expect({ bytes, key, because }).toEqual({ bytes: 'same', key: 'same', because: [] });
  });

  const changes: readonly (readonly [Partial<KeyDocument>, string])[] = [
    [{ code: digestOf('other') }, "the stage kind's code changed"],
    [{ parameters: { cell: 'gru', margin: 0.2 } }, 'margin: 0.1 → 0.2'],
    [{ parameters: { cell: 'lstm', margin: 0.1 } }, 'cell changed'],
    [{ inputs: { tokens: digestOf('others') } }, 'input tokens changed'],
    [{ libraries: { usearch: '2.26.0' } }, 'usearch: 2.25.3 → 2.26.0'],
    [
      { engine: { backend: 'tensorflow', precision: 'exact', device: 'gpu', version: '4' } },
      'engine: wasm (cpu, exact, 1) → tensorflow (gpu, exact, 4)',
    ],
  ];
  it.each(changes)('names what differs in its key: %j', (change, text) => {
    const comparison = compareWithLock(locked, manifest(change, 'other'));
    expect(comparison).toMatchObject({ bytes: 'other', key: 'other', because: [text] });
    expect(explanation(comparison)).toBe(`its key differs too: ${text}`);
  });

  it('names both platforms where the key is the same and the bytes are not', () => {
    const comparison = compareWithLock(locked, manifest({}, 'other', { platform: 'linux-arm64' }));
    expect(explanation(comparison)).toBe(
      'same key, different bytes, so the stage is not reproducible (locked on linux-x64, Node v20.0.0, made here on linux-arm64, Node v20.0.0)',
    );
  });
});
