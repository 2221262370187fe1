/**
 * The one tokeniser: for stages, BM25 and `pipeline query` alike. A text is first folded:
 *   1. characters unknown to Unicode 15.0 and lone surrogates become spaces, invisible ones (soft hyphen,
 *      joiners, variation selectors) disappear;
 *   2. `normalization` (NFKC: ﬁ → fi, ² → 2, full width → ASCII), which Unicode promises never to change for
 *      assigned characters; lower case by Unicode's locale-independent mapping, with ς → σ so that no letter
 *      depends on its neighbours; `normalization` again, as lower case can make a composable pair.
 *      Lower case is not full case folding: ß stays ß, and İ becomes i with a dot above.
 *   3. ’ and ʼ become '.
 * Then it is cut into words:
 *   - a word is a run of letters, digits and the marks upon them: `b12`, `5mg`; hyphen, underscore, slash,
 *     symbols and emoji separate and are no tokens;
 *   - an apostrophe between a letter or digit and a letter is part of the word (`don't`, `l'amour`), but a final
 *     `'s` is a token of its own, so that `alzheimer's` matches `alzheimer`;
 *   - a point between digits is part of the number (`3.14`, `2.0.1`); a comma that groups thousands is dropped
 *     (`1,000,000` → `1000000`); any other comma separates (`3,5` → `3`, `5`);
 *   - Han and Hiragana characters are a token each; other scripts without spaces (Katakana, Thai) give runs.
 */
import {
  APOSTROPHE,
  CHARACTER_CLASSES,
  COMMA,
  DIGIT,
  IGNORED,
  LETTER,
  MARK,
  POINT,
  SINGLE,
  UNASSIGNED,
} from './characters.ts';
import { UNKNOWN, type TokenizerConfig, type Vocabulary } from '../formats/tokens.ts';

export type TokenizerSettings = Pick<TokenizerConfig, 'normalization' | 'lowercase'>;

export interface Tokenizer {
  /** Words in the order of the text; never empty, without white space. Any string is allowed. */
  readonly tokenize: (text: string) => string[];
  /** The text as it is before being cut; folding twice is folding once. */
  readonly fold: (text: string) => string;
}

export function createTokenizer(settings: TokenizerSettings): Tokenizer {
  const fold = folder(settings);
  return { fold, tokenize: (text) => cut(fold(text)) };
}

/** token → id, for `encode`. */
export function vocabularyMap(vocabulary: Pick<Vocabulary, 'tokens'>): Map<string, number> {
  return new Map(vocabulary.tokens.map((token, id) => [token, id]));
}

/** The ids of a text's words; words that the vocabulary lacks are `UNKNOWN`. */
export function encode(
  tokenizer: Pick<Tokenizer, 'tokenize'>,
  vocabulary: ReadonlyMap<string, number>,
  text: string,
): Uint32Array {
  const words = tokenizer.tokenize(text);
  const ids = new Uint32Array(words.length);
  for (let i = 0; i < words.length; i++) ids[i] = vocabulary.get(words[i]!) ?? UNKNOWN;
  return ids;
}

const ASCII = /^[\0-\x7f]*$/;

function folder({ normalization, lowercase }: TokenizerSettings): (text: string) => string {
  const normalize = (text: string): string =>
    normalization === 'none' ? text : text.normalize(normalization);
  return (text) => {
    if (ASCII.test(text)) return lowercase ? text.toLowerCase() : text;
    let folded = normalize(withoutOddities(text));
    if (lowercase) folded = normalize(folded.toLowerCase().replaceAll('ς', 'σ'));
    return folded.replace(/[’ʼ]/g, "'");
  };
}

/** Step 1 of the folding; gives back the very string where there is nothing to do. */
function withoutOddities(text: string): string {
  let clean = '';
  let copied = 0;
  for (let i = 0; i < text.length;) {
    const code = text.codePointAt(i)!;
    const next = i + (code > 0xffff ? 2 : 1);
    const found = CHARACTER_CLASSES[code];
    if (found === IGNORED || found === UNASSIGNED) {
      clean += text.slice(copied, i) + (found === UNASSIGNED ? ' ' : '');
      copied = next;
    }
    i = next;
  }
  return copied === 0 ? text : clean + text.slice(copied);
}

const classAt = (text: string, index: number): number | undefined =>
  index < text.length ? CHARACTER_CLASSES[text.codePointAt(index)!] : undefined;
const widthAt = (text: string, index: number): number => (text.codePointAt(index)! > 0xffff ? 2 : 1);

function cut(text: string): string[] {
  const words: string[] = [];
  for (let i = 0; i < text.length;) {
    const found = classAt(text, i);
    if (found === LETTER || found === DIGIT) {
      const end = endOfWord(text, i);
      pushWord(words, text.slice(i, end));
      i = end;
    } else if (found === SINGLE) {
      const start = i;
      do i += widthAt(text, i);
      while (classAt(text, i) === MARK);
      words.push(text.slice(start, i));
    } else {
      i += widthAt(text, i);
    }
  }
  return words;
}

/** Where the word that starts at `start` with a letter or digit ends. */
function endOfWord(text: string, start: number): number {
  let previous = -1;
  let i = start;
  for (; i < text.length; i += widthAt(text, i)) {
    const found = classAt(text, i)!;
    if (found === APOSTROPHE) {
      if (classAt(text, i + 1) !== LETTER || previous === APOSTROPHE) break;
    } else if (found === POINT) {
      if (previous !== DIGIT || classAt(text, i + 1) !== DIGIT) break;
    } else if (found === COMMA) {
      if (previous !== DIGIT || !groupsThousands(text, start, i)) break;
    } else if (found !== LETTER && found !== DIGIT && found !== MARK) {
      break;
    }
    previous = found;
  }
  return i;
}

const GROUPED = /^\d{1,3}(?:,\d{3})*$/;

/** Whether the comma has a grouped number before it, back to the word's start, and three digits after it. */
function groupsThousands(text: string, start: number, comma: number): boolean {
  return GROUPED.test(text.slice(start, comma)) && /^\d{3}(?!\d)/.test(text.slice(comma + 1, comma + 5));
}

const QUOTE = 0x27;
const S = 0x73;

function pushWord(words: string[], raw: string): void {
  const word = raw.includes(',') ? raw.replaceAll(',', '') : raw;
  const possessive =
    word.charCodeAt(word.length - 2) === QUOTE && (word.charCodeAt(word.length - 1) | 32) === S;
  if (possessive) words.push(word.slice(0, -2), word.slice(-2));
  else words.push(word);
}
