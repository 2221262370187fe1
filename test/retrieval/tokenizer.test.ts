import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UNKNOWN } from '../../src/formats/tokens.ts';
import { CHARACTER_CLASSES, UNASSIGNED } from '../../src/retrieval/characters.ts';
import { createTokenizer, encode, vocabularyMap } from '../../src/retrieval/tokenizer.ts';
import { digestOf } from '../../src/base/hash.ts';

const tokenizer = createTokenizer({ normalization: 'NFKC', lowercase: true });
const words = (text: string): string[] => tokenizer.tokenize(text);

describe('words', () => {
  it.each([
    ['What causes Ménière disease?', ['what', 'causes', 'ménière', 'disease']],
    ['B12, 5mg and CYP2D6', ['b12', '5mg', 'and', 'cyp2d6']],
    ['well-known snake_case a/b', ['well', 'known', 'snake', 'case', 'a', 'b']],
    ['C++ and 👩‍🔬 at 20 °C', ['c', 'and', 'at', '20', 'c']],
    ['', []],
    [' \t\n\u00a0\u3000', []],
  ])('are runs of letters, digits and marks: %j', (text, expected) => {
    expect(words(text)).toEqual(expected);
  });

  it.each([
    ["Don't and don’t and donʼt", ["don't", 'and', "don't", 'and', "don't"]],
    ["L'amour 'quoted' rock'n'roll", ["l'amour", 'quoted', "rock'n'roll"]],
    ["Alzheimer's, Alzheimer’S, 1990's", ['alzheimer', "'s", 'alzheimer', "'s", '1990', "'s"]],
    ["dogs' O''Neil '90", ['dogs', 'o', 'neil', '90']],
  ])("keep an apostrophe inside, and a final 's stands alone: %s", (text, expected) => {
    expect(words(text)).toEqual(expected);
  });

  it.each([
    ['3.14 v2.0.1 .5 1. 2..3', ['3.14', 'v2.0.1', '5', '1', '2', '3']],
    ['1,000 1,000,000.5 100,000mg', ['1000', '1000000.5', '100000mg']],
    ['3,5 1,2,3 1234,567 1,0000 1,00', ['3', '5', '1', '2', '3', '1234', '567', '1', '0000', '1', '00']],
    ['½ x² ① Ⅻ ٣٫٥', ['1', '2', 'x2', '1', 'xii', '٣', '٥']],
  ])('hold decimal points and lose the commas of thousands: %s', (text, expected) => {
    expect(words(text)).toEqual(expected);
  });

  it.each([
    ['日本語のテスト', ['日', '本', '語', 'の', 'テスト']],
    ['한국어 텍스트', ['한국어', '텍스트']],
    ['हिन्दी میخواهم', ['हिन्दी', 'میخواهم']],
    ['می\u200cخواهم co\u00adop zero\u200bwidth', ['میخواهم', 'coop', 'zero', 'width']],
    ['𠮷野', ['𠮷', '野']],
  ])('of other scripts: %s', (text, expected) => {
    expect(words(text)).toEqual(expected);
  });
});

describe('folding', () => {
  it('makes equal what NFKC and lower case make equal', () => {
    expect(words('ＦＵＬＬ ﬁne Cafe\u0301 ΣΊΣΥΦΟΣ J\u030c')).toEqual([
      'full',
      'fine',
      'café',
      'σίσυφοσ',
      'ǰ',
    ]);
  });

  it('keeps ß and gives İ a dot, because lower case is not full case folding', () => {
    expect(words('STRASSE Straße ẞ İ ı')).toEqual(['strasse', 'straße', 'ß', 'i\u0307', 'ı']);
  });

  it('keeps what is configured', () => {
    expect(createTokenizer({ normalization: 'NFC', lowercase: false }).tokenize('ﬁn Cafe\u0301')).toEqual([
      'ﬁn',
      'Café',
    ]);
    expect(createTokenizer({ normalization: 'none', lowercase: true }).tokenize('Cafe\u0301')).toEqual([
      'cafe\u0301',
    ]);
  });

  it('is the same twice as once, for every character of Unicode', () => {
    const changed: string[] = [];
    for (let code = 0; code <= 0x10ffff; code++) {
      const once = tokenizer.fold(`a${String.fromCodePoint(code)}b`);
      if (tokenizer.fold(once) !== once) changed.push(code.toString(16));
    }
    expect(changed).toEqual([]);
  });

  it('takes characters newer than Unicode 15.0 for spaces on every Node', () => {
    // U+1C89 is Cyrillic since 16.0, U+2EBF0 Han since 15.1, U+0897 a mark since 16.0.
    expect(words('a\u1c89b \u{2ebf0} x\u0897y')).toEqual(['a', 'b', 'x', 'y']);
  });

  it('gives the bytes that other versions of Node give', () => {
    let text = '';
    for (let code = 0; code <= 0x323af; code++) text += `x${String.fromCodePoint(code)}'1,${code % 7} `;
    expect(digestOf(words(text).join('\n'))).toBe(
      'bbec92519a3d380ceae954e15ee96ce0563bd3170b37b98368d9c73ceb79eaa6',
    );
  });
});

describe('any text', () => {
  const anything = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: 'grapheme' }),
    fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)) }),
    fc.string({
      unit: fc.constantFrom('a', 'S', 's', "'", '’', '1', '23', '456', ',', '.', ' ', '\u0301', 'Σ'),
    }),
  );
  const settings = fc.record({
    normalization: fc.constantFrom('NFC' as const, 'NFKC' as const, 'none' as const),
    lowercase: fc.boolean(),
  });

  it('gives tokens that are never empty and hold no white space, tab or lone surrogate', () => {
    fc.assert(
      fc.property(anything, settings, (text, chosen) => {
        for (const word of createTokenizer(chosen).tokenize(text)) {
          expect(word).not.toBe('');
          expect(word).not.toMatch(/[\s,<>]/u);
          expect(word).not.toMatch(/\p{Cs}/u);
        }
      }),
      { numRuns: 3000 },
    );
  });

  it('is folded the same twice as once', () => {
    fc.assert(
      fc.property(anything, settings, (text, chosen) => {
        const { fold } = createTokenizer(chosen);
        expect(fold(fold(text))).toBe(fold(text));
      }),
      { numRuns: 3000 },
    );
  });

  it('with a space between gives the words of both parts', () => {
    fc.assert(
      fc.property(anything, anything, settings, (left, right, chosen) => {
        const { tokenize } = createTokenizer(chosen);
        expect(tokenize(`${left} ${right}`)).toEqual([...tokenize(left), ...tokenize(right)]);
      }),
      { numRuns: 3000 },
    );
  });
});

describe('characters', () => {
  it('cover the whole of Unicode, surrogates being unassigned', () => {
    expect(CHARACTER_CLASSES).toHaveLength(0x110000);
    expect(CHARACTER_CLASSES[0xd800]).toBe(UNASSIGNED);
    expect(CHARACTER_CLASSES[0x10ffff]).toBe(UNASSIGNED);
    expect(CHARACTER_CLASSES[0x10fffd]).not.toBe(UNASSIGNED);
  });
});

describe('encoding', () => {
  it('gives ids by the vocabulary, and unknown for words outside it', () => {
    const vocabulary = vocabularyMap({ tokens: ['<pad>', '<unk>', 'fever', 'the'] });
    expect([...encode(tokenizer, vocabulary, 'The yellow FEVER <pad>')]).toEqual([3, UNKNOWN, 2, UNKNOWN]);
  });
});
