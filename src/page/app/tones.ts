/** The colour of a system, the same in every chart: a class of design/charts.css and the name of a custom property. */
export type SystemTone = 'model' | 'bm25' | 'fused' | 'other';

export function toneOf(system: string, label: string): SystemTone {
  if (system === label) return 'model';
  if (system === 'bm25') return 'bm25';
  return system === 'fused' ? 'fused' : 'other';
}
