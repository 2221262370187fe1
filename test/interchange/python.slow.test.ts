/** The tokenizer in Python against ours, on every character that Unicode 15.0 assigns. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bucketsOf } from '../../src/engine/model/subwords.ts';
import type { TokenizerConfig } from '../../src/formats/tokens.ts';
import { exportModel } from '../../src/interchange/export.ts';
import { CHARACTER_CLASSES, UNASSIGNED } from '../../src/retrieval/characters.ts';
import { createTokenizer } from '../../src/retrieval/tokenizer.ts';
import { FACTS, LSTM, modelFolder, NGRAMS_OF_WORDS } from './fixtures.ts';

const PYTHON = process.env['PYTHON'] ?? 'python3';
const version = spawnSync(PYTHON, ['--version'], { encoding: 'utf8' });
const hasPython = version.status === 0;

const SENTENCES = [
  '',
  ' \t\n',
  "Alzheimer's DON'T l'amour l’amour ʼn o''clock rock'n'roll 'quoted' s' S'S",
  '1,000,000 3,5 12,34 1,000,00 1,0000 3.14 2.0.1 .5 5. 1.a b12 5mg ١٢٫٥ ১,০০০ 1,234.5',
  'ﬁne ² Ｆｕｌｌ ＷＩＤＴＨ İstanbul ΌΣΟΣ ΣΑΣ straße ẞ Ǆ ŉ K Å',
  '漢字かな交じり文 カタカナ ภาษาไทย हिन्दी नि 한국어 각 ㌀',
  'soft\u00adhyphen zero\u200bwidth joi\u200dner 👩‍👩‍👧 e\u0301 q\u0307\u0323 \ud800x \u{10ffff}y',
  'snake_case kebab-case a/b C++ <b>x</b> © 50% £5 №3',
  'Ꭰ ꭰ Ა ა Ⴀ ⴀ 𐐀 𐐨 𞤀 Ⰰ Ⱟ 𐕰 ꟀꟁꟐ ᲀ',
];

/** Every assigned character between letters, between digits, after itself, and at an end. */
function everyCharacter(): string[] {
  const texts: string[] = [];
  for (const [code, found] of CHARACTER_CLASSES.entries()) {
    if (found === UNASSIGNED && code % 97 !== 0) continue;
    const c = String.fromCodePoint(code);
    texts.push(`a${c}b 1${c}2 ${c}${c} É${c}`);
  }
  return texts;
}

const SCRIPT = `
import hashlib, json, sys
sys.dont_write_bytecode = True
sys.path.insert(0, sys.argv[1])
from tokenization_two_tower import TwoTowerTokenizer
tokenizer = TwoTowerTokenizer(sys.argv[1])
given = json.load(open(sys.argv[2], encoding="utf-8"))
json.dump({
    "tokens": [tokenizer.tokenize(text) for text in given["texts"]],
    "buckets": [tokenizer.buckets(word) for word in given["words"]],
    "batch": tokenizer.batch(given["batch"], "query"),
}, open(sys.argv[3], "w", encoding="ascii"))
`;

const title = hasPython ? version.stdout.trim() : `Python: skipped, as there is no ${PYTHON}`;

describe.runIf(hasPython)(`the tokenizer in ${title}`, () => {
  let work: string;
  beforeAll(() => {
    work = mkdtempSync(join(tmpdir(), 'pipeline-python-'));
  });
  afterAll(() => {
    rmSync(work, { recursive: true });
  });

  interface Answer {
    readonly tokens: readonly (readonly string[])[];
    readonly buckets: readonly (readonly number[])[];
    readonly batch: readonly [ids: number[][], lengths: number[], words: string[]];
  }

  function python(
    settings: Partial<TokenizerConfig>,
    given: {
      readonly texts?: readonly string[];
      readonly words?: readonly string[];
      readonly batch?: readonly string[];
    },
  ): Answer {
    const model = modelFolder(LSTM, NGRAMS_OF_WORDS);
    const tokenizer = join(model, 'tokenizer.json');
    const config = JSON.parse(readFileSync(tokenizer, 'utf8')) as TokenizerConfig;
    writeFileSync(tokenizer, JSON.stringify({ ...config, ...settings }));
    const folder = join(mkdtempSync(join(work, 'model-')), 'exported');
    exportModel('onnx', model, folder, FACTS);
    const [input, output] = [join(work, 'given.json'), join(work, 'answer.json')];
    writeFileSync(input, JSON.stringify({ texts: [], words: [], batch: [], ...given }));
    const { status, stderr } = spawnSync(PYTHON, ['-c', SCRIPT, folder, input, output], { encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(status).toBe(0);
    return JSON.parse(readFileSync(output, 'utf8')) as Answer;
  }

  it.each([
    { normalization: 'NFKC', lowercase: true },
    { normalization: 'NFC', lowercase: false },
    { normalization: 'none', lowercase: true },
  ] as const)('cuts every text into our words: %j', (settings) => {
    const { tokenize } = createTokenizer(settings);
    const texts = [...SENTENCES, ...everyCharacter()];
    const { tokens } = python(settings, { texts });
    const wrong = texts.flatMap((text, i) => {
      const own = tokenize(text);
      return JSON.stringify(own) === JSON.stringify(tokens[i]) ? [] : [{ text, own, python: tokens[i] }];
    });
    expect(wrong.slice(0, 20)).toEqual([]);
  });

  it('hashes n-grams into our buckets', () => {
    const words = ['a', 'river', 'straße', '漢', '𐐨x', "l'été"];
    expect(python({}, { words }).buckets).toEqual(words.map((word) => bucketsOf(word, NGRAMS_OF_WORDS)));
  });

  it('pads, cuts off, and names the words without a row', () => {
    const { batch } = python({}, { batch: ['River, stone: river delta Delta river', '', 'straße'] });
    expect(batch).toEqual([
      [
        [2, 3, 2, 9, 9],
        [0, 0, 0, 0, 0],
        [10, 0, 0, 0, 0],
      ],
      [5, 0, 1],
      ['delta', 'straße'],
    ]);
  });
});
