import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { digestOf } from '../../src/base/hash.ts';
import { canonicalJson, type Json } from '../../src/base/json.ts';

/** The same value with every object's members in reverse order. */
function reversed(value: Json): Json {
  if (Array.isArray(value)) return value.map((item: Json) => reversed(item));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, member]) => [name, reversed(member)]),
  );
}

describe('canonicalJson', () => {
  it('sorts members by code unit and writes no white space', () => {
    expect(canonicalJson({ b: [1, 2.5, -0], a: null, é: true, Z: '\n' })).toBe(
      '{"Z":"\\n","a":null,"b":[1,2.5,0],"é":true}',
    );
  });

  it('parses to the same value, for any order of members', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = canonicalJson(value as Json);
        expect(canonicalJson(JSON.parse(text) as Json)).toBe(text);
        expect(canonicalJson(reversed(value as Json))).toBe(text);
      }),
    );
  });

  it('refuses what JSON cannot hold', () => {
    expect(() => canonicalJson(NaN)).toThrow('NaN has no JSON form');
    expect(() => canonicalJson(undefined as unknown as Json)).toThrow('undefined has no JSON form');
  });
});

describe('digestOf', () => {
  it("is SHA-256 (FIPS 180-2's first example)", () => {
    expect(digestOf('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  });
});
