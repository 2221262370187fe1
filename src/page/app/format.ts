/** Texts that only the page needs. Numbers, durations and sizes are written as the commands write them (src/base/). */

/** `2026-11-26 06:22 UTC`, from an ISO time. */
export function timeText(iso: string): string {
  return `${iso.slice(0, 16).replace('T', ' ')} UTC`;
}

/** `0.512 (0.493–0.532)` has the interval without a space that could break. */
export function intervalText([low, high]: readonly [number, number], digits = 3): string {
  return `${minus(low.toFixed(digits))}\u2013${minus(high.toFixed(digits))}`;
}

/** `0.0001`, `< 0.0001` never: a permutation test cannot give 0. */
export function pText(p: number): string {
  return p < 0.1 ? p.toFixed(4) : p.toFixed(2);
}

/** One star below 0.05, two below 0.01, three below 0.001, as `pipeline compare` has them. */
export function stars(p: number): string {
  return p < 0.001 ? '***' : p < 0.01 ? '**' : p < 0.05 ? '*' : '';
}

export function percentText(share: number): string {
  const percent = share * 100;
  return `${percent >= 10 || percent === 0 ? percent.toFixed(0) : percent.toFixed(1)} %`;
}

export function countText(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en-US')} ${count === 1 ? one : many}`;
}

/** `mrr@10` → `MRR@10`, `candidates/p@1` → `P@1`, `map` → `MAP`; others keep their name. */
export function measureText(measure: string): string {
  return measure.replace(/^(mrr|ndcg|map|p)(?=@|$)/, (name) =>
    name === 'ndcg' ? 'nDCG' : name.toUpperCase(),
  );
}

/** The systems of a report as people call them. */
export function systemText(system: string): string {
  return system === 'bm25' ? 'BM25' : system;
}

function minus(text: string): string {
  return text.replace('-', '\u2212');
}

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** At most so many characters as a reader counts them, the last one an ellipsis if the text is longer. */
export function cutText(text: string, most: number): string {
  if (text.length <= most) return text;
  const letters = Array.from(graphemes.segment(text), ({ segment }) => segment);
  return letters.length <= most ? text : `${letters.slice(0, Math.max(1, most - 1)).join('')}…`;
}
