// Batches of token ids: random ids with fixed lengths, and MedQuAD's texts.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
export const VOCABULARY = 30_000;
/** Longer texts are truncated, as for a model. */
const MOST_TOKENS = 256;

export function medquadFolder() {
  const folders = [process.env.MEDQUAD_DIR, join(root, '..', 'shared', 'data', 'medquad')];
  return folders.find((folder) => folder && existsSync(join(folder, 'train.jsonl.gz')));
}

/** Uniform ids: the hardest case, because words hardly repeat. */
export function fixedBatches(random, count, rows, queryLength, documentLength) {
  const source = random(1, 'bench');
  const texts = (n, length) =>
    Array.from({ length: n }, () => Array.from({ length }, () => source.integer(VOCABULARY)));
  return Array.from({ length: count }, () => ({
    queries: texts(rows, queryLength),
    documents: texts(2 * rows, documentLength),
  }));
}

/** Queries with their selected passage and another one; every batch is a range of the file's shuffled rows. */
export function medquadBatches({ random, shuffle, createTokenizer }, count, rows) {
  const folder = medquadFolder();
  if (!folder) return undefined;
  const lines = gunzipSync(readFileSync(join(folder, 'train.jsonl.gz')))
    .toString('utf8')
    .trim()
    .split('\n');
  const { tokenize } = createTokenizer({ normalization: 'NFKC', lowercase: true });
  const chosen = shuffle(lines, random(1, 'medquad'))
    .slice(0, count * rows)
    .map((line) => JSON.parse(line));
  const texts = chosen.map(({ query, passages }) => {
    const at = Math.max(0, passages.is_selected.indexOf(1));
    const other = (at + 1) % passages.passage_text.length;
    return [query, passages.passage_text[at], passages.passage_text[other]].map((text) =>
      tokenize(text).slice(0, MOST_TOKENS),
    );
  });
  const ids = vocabulary(texts);
  const rowsOf = (from, place) =>
    texts.slice(from, from + rows).map((row) => row[place].map((word) => ids(word)));
  return Array.from({ length: count }, (_, i) => ({
    queries: rowsOf(i * rows, 0),
    documents: [...rowsOf(i * rows, 1), ...rowsOf(i * rows, 2)],
  }));
}

/** Ids by frequency; all other words are word 0. */
function vocabulary(texts) {
  const counts = new Map();
  for (const word of texts.flat(2)) counts.set(word, (counts.get(word) ?? 0) + 1);
  const words = [...counts].sort((a, b) => b[1] - a[1]).slice(0, VOCABULARY - 1);
  const ids = new Map(words.map(([word], i) => [word, i + 1]));
  return (word) => ids.get(word) ?? 0;
}

export const tokensOf = (texts) => texts.reduce((sum, text) => sum + text.length, 0);
