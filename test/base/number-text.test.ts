import { describe, expect, it } from 'vitest';
import { alignedText, numberText, signedText } from '../../src/base/number-text.ts';

describe('numbers for people', () => {
  it('has four decimals at most, without zeros at the end', () => {
    expect([0.14904369000000003, 0.5, 1.00001, 2.5, 9.9999999].map(numberText)).toEqual([
      '0.149',
      '0.5',
      '1',
      '2.5',
      '10',
    ]);
  });

  it('shows two digits of a number too small for that', () => {
    expect([0.00001, -0.00042, 1.5e-9, 0.0010004].map(numberText)).toEqual([
      '0.00001',
      '-0.00042',
      '1.5e-9',
      '0.001',
    ]);
  });

  it('groups thousands and shortens large fractions', () => {
    expect([1234567, 1234.5, 99.96, 42.04, 0, -0].map(numberText)).toEqual([
      '1,234,567',
      '1,235',
      '100',
      '42',
      '0',
      '0',
    ]);
  });

  it('never ends in a decimal point', () => {
    for (let exponent = -12; exponent < 6; exponent++)
      for (const digits of [1, 1.04, 9.96, 9.99999])
        expect(numberText(digits * 10 ** exponent)).not.toMatch(/\.($|e)/);
  });

  it('gives the sign of a difference, and none to zero', () => {
    expect([0.25, -0.25, 0, 0.00001].map((value) => signedText(value))).toEqual([
      '+0.25',
      '−0.25',
      '0',
      '+0.00001',
    ]);
  });

  it('has four decimals always in an aligned column', () => {
    expect([0.5, 1, 12.34].map(alignedText)).toEqual(['0.5000', '1.0000', '12.3']);
  });
});
