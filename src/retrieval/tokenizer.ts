/**
 * The only tokenizer: stages, BM25 and `pipeline query` all use it. A text is first folded:
 *   1. characters that Unicode 15.0 does not assign and lone surrogates become spaces; invisible characters (soft
 *      hyphen, joiners, variation selectors) are removed;
 *   2. `normalization` (NFKC: ﬁ → fi, ² → 2, full width → ASCII), which Unicode guarantees not to change for
 *      assigned characters; lower case by Unicode's locale-independent mapping, with ς → σ so that no letter
 *      depends on its neighbours; `normalization` again, because lower case can create a composable pair.
 *      Lower case is not full case folding: ß stays ß, and İ becomes i with a dot above.
 *   3. ’ and ʼ become '.
 * Then it is split into tokens:
 *   - a token is a run of letters, digits and their combining marks: `b12`, `5mg`; hyphens, underscores, slashes,
 *     symbols and emoji separate tokens and are not tokens themselves;
 *   - an apostrophe between a letter or digit and a letter is part of the token (`don't`, `l'amour`), but a final
 *     `'s` is a separate token, so that `alzheimer's` matches `alzheimer`;
 *   - a point between digits is part of the number (`3.14`, `2.0.1`); a comma that groups thousands is dropped
 *     (`1,000,000` → `1000000`); any other comma separates (`3,5` → `3`, `5`);
 *   - each Han or Hiragana character is a token; other scripts without spaces (Katakana, Thai) give runs.
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
  /** The tokens of any string, in the order of the text; none is empty or contains white space. */
  readonly tokenize: (text: string) => string[];
  /** The folded text, before it is split. Folding is idempotent. */
  readonly fold: (text: string) => string;
}

export function createTokenizer(settings: TokenizerSettings): Tokenizer {
  const fold = folder(settings);
  return { fold, tokenize: (text) => split(fold(text)) };
}

/** token → id, for `encode`. */
export function vocabularyMap(vocabulary: Pick<Vocabulary, 'tokens'>): Map<string, number> {
  return new Map(vocabulary.tokens.map((token, id) => [token, id]));
}

/** The ids of a text's tokens; tokens that are not in the vocabulary are `UNKNOWN`. */
export function encode(
  tokenizer: Pick<Tokenizer, 'tokenize'>,
  vocabulary: ReadonlyMap<string, number>,
  text: string,
): Uint32Array {
  const tokens = tokenizer.tokenize(text);
  const ids = new Uint32Array(tokens.length);
  for (let i = 0; i < tokens.length; i++) ids[i] = vocabulary.get(tokens[i]!) ?? UNKNOWN;
  return ids;
}

const ASCII = /^[\0-\x7f]*$/;

function folder({ normalization, lowercase }: TokenizerSettings): (text: string) => string {
  const normalize = (text: string): string =>
    normalization === 'none' ? text : text.normalize(normalization);
  return (text) => {
    if (ASCII.test(text)) return lowercase ? text.toLowerCase() : text;
    let folded = normalize(withoutUnsupported(text));
    if (lowercase) folded = normalize(folded.toLowerCase().replaceAll('ς', 'σ'));
    return folded.replace(/[’ʼ]/g, "'");
  };
}

/** Step 1 of the folding; returns the same string if nothing changes. */
function withoutUnsupported(text: string): string {
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

function split(text: string): string[] {
  const tokens: string[] = [];
  for (let i = 0; i < text.length;) {
    const found = classAt(text, i);
    if (found === LETTER || found === DIGIT) {
      const end = endOfToken(text, i);
      pushToken(tokens, text.slice(i, end));
      i = end;
    } else if (found === SINGLE) {
      const start = i;
      do i += widthAt(text, i);
      while (classAt(text, i) === MARK);
      tokens.push(text.slice(start, i));
    } else {
      i += widthAt(text, i);
    }
  }
  return tokens;
}

/** The end of the token that starts at `start` with a letter or digit. */
function endOfToken(text: string, start: number): number {
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

/** Whether a grouped number precedes the comma, from the token's start, and exactly three digits follow it. */
function groupsThousands(text: string, start: number, comma: number): boolean {
  return GROUPED.test(text.slice(start, comma)) && /^\d{3}(?!\d)/.test(text.slice(comma + 1, comma + 5));
}

const QUOTE = 0x27;
const S = 0x73;

function pushToken(tokens: string[], raw: string): void {
  const token = raw.includes(',') ? raw.replaceAll(',', '') : raw;
  const possessive =
    token.charCodeAt(token.length - 2) === QUOTE && (token.charCodeAt(token.length - 1) | 32) === S;
  if (possessive) tokens.push(token.slice(0, -2), token.slice(-2));
  else tokens.push(token);
}
