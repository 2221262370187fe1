import { expect, it } from 'vitest';
import { charactersOf } from '../../src/interchange/characters.ts';
import { CHARACTER_CLASSES, UNASSIGNED } from '../../src/retrieval/characters.ts';

it('has the lower case of every assigned character but İ, which becomes two', () => {
  const table = new Map<number, number>();
  for (const [first, last, step, distance] of charactersOf('NFKC').lower)
    for (let code = first; code <= last; code += step) table.set(code, code + distance);
  const wrong: string[] = [];
  for (const [code, found] of CHARACTER_CLASSES.entries()) {
    if (found === UNASSIGNED) continue;
    const character = String.fromCodePoint(code);
    const lower = character.toLowerCase().replace('ς', 'σ');
    if (String.fromCodePoint(table.get(code) ?? code) !== lower) wrong.push(character);
  }
  expect(wrong).toEqual(['İ']);
});

it('has normal forms that depend on the model: NFKC changes superscripts, NFC and none do not', () => {
  const superscript = 0x1e030;
  expect(charactersOf('NFKC').normalized[superscript]).toBe('а');
  expect(charactersOf('NFC').normalized).toEqual({});
  expect(charactersOf('none').normalized).toEqual({});
});
