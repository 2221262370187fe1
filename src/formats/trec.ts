/**
 * TREC's text formats, as trec_eval, pytrec_eval and ir-measures read them:
 *   run file  query Q0 document rank score tag
 *   qrels     query 0 document relevance
 * Fields are separated by white space. White space, control characters and `%` in names are therefore written as
 * percent escapes of their UTF-8 bytes, and an empty name as a single `%`.
 * Readers sort by score alone, in single precision, and break ties each in their own way. Scores are therefore
 * written as float32, and a score that is not below its predecessor becomes the next smaller float32, so that every
 * reader sees the order that was evaluated.
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
