import { describe, expect, it } from 'vitest';
import { replaceAt } from '../../src/base/json-pointer.ts';

describe('replaceAt', () => {
  it('replaces the values at the pointers and nothing else', () => {
    const value = { a: ['x', { b: 'x' }], 'c/d~e': 'x', f: null };
    const replaced = replaceAt(value, new Set(['/a/1/b', '/c~1d~0e', '/missing']), (_, pointer) => pointer);
    expect(replaced).toEqual({ a: ['x', { b: '/a/1/b' }], 'c/d~e': '/c~1d~0e', f: null });
    expect(value.a[1]).toEqual({ b: 'x' });
  });

  it('replaces whole objects and lists', () => {
    expect(replaceAt({ a: { b: 1 }, c: [1, 2] }, new Set(['/a', '/c']), () => 0)).toEqual({ a: 0, c: 0 });
  });
});
