import { expect, it } from 'vitest';
import { bytesOf, secondsOf } from '../../src/base/units.ts';

it.each([
  ['4GB', 4e9],
  ['512 MiB', 512 * 2 ** 20],
  ['1.5kB', 1500],
  ['7', 7],
])('%s is a size', (text, bytes) => {
  expect(bytesOf(text)).toBe(bytes);
});

it.each([
  ['90s', 90],
  ['10 min', 600],
  ['1.5h', 5400],
  ['250ms', 0.25],
  ['3', 3],
])('%s is a duration', (text, seconds) => {
  expect(secondsOf(text)).toBe(seconds);
});

it.each(['', 'GB', '-1s', '1 parsec', 'constructor', '1e3'])('%s is neither', (text) => {
  expect([bytesOf(text), secondsOf(text)]).toEqual([undefined, undefined]);
});
