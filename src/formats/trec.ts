/**
 * TREC's text formats, as trec_eval, pytrec_eval and ir-measures read them.
 *
 * - A run has lines `query Q0 document rank score tag`.
 * - Judgements have lines `query 0 document relevance`.
 *
 * Fields are split at white space, so in names white space, control characters and `%` are written as the percent
 * escapes of their UTF-8 bytes, and an empty name as a single `%`.
 * Readers order a list by its scores alone, in single precision, and break ties in their own ways: scores are
 * written as float32, and one that is not below the score before it becomes the next smaller float32. So every
 * reader sees the order that we ranked and measured.
 */

const UNSAFE = /[\s%\u0000-\u001f\u007f-\u009f]/gu;

export function trecName(name: string): string {
  return name === '' ? '%' : name.replace(UNSAFE, percentEscape);
}

function percentEscape(character: string): string {
  const hex = [...Buffer.from(character, 'utf8')].map((byte) =>
    byte.toString(16).toUpperCase().padStart(2, '0'),
  );
  return hex.map((byte) => `%${byte}`).join('');
}

/** The run file's lines for one query, best first. Names must already be escaped. */
export function runLines(
  query: string,
  documents: readonly string[],
  scores: ArrayLike<number>,
  tag: string,
): string {
  let lines = '';
  let previous = Infinity;
  for (const [position, document] of documents.entries()) {
    previous = Math.min(Math.fround(scores[position]!), nextSmaller(previous));
    lines += `${query} Q0 ${document} ${position + 1} ${decimal(previous)} ${tag}\n`;
  }
  return lines;
}

/** Names must already be escaped. */
export function qrelsLine(query: string, document: string, relevance: number): string {
  return `${query} 0 ${document} ${relevance}\n`;
}

/** Nine significant digits distinguish all float32 values. */
function decimal(score: number): string {
  return String(Number(score.toPrecision(9)));
}

const single = new Float32Array(1);
const bits = new Int32Array(single.buffer);

/** The largest float32 below the given one. */
function nextSmaller(value: number): number {
  if (value === Infinity) return Infinity;
  if (value === 0) return -(2 ** -149);
  single[0] = value;
  bits[0]! += value > 0 ? -1 : 1;
  return single[0];
}
