/** The section of report.md that says how the model and BM25 were fused, and on what that choice rests. */
import type { ChosenOnQueries, Fusion, FusionConfig } from '../../../src/formats/fusion.ts';
import { scoringText } from '../../../src/retrieval/word-scorings.ts';
import type { Summary } from '../summary/summary.ts';
import { table } from './markdown.ts';

export function fusionSection({ fusion }: Summary): string[] {
  if (!fusion) return [];
  const used = `${fusionText(fusion.fusion)}, of lists of ${fusion.depth}; ${scoringText(fusion.bm25)}.`;
  return ['## Fusion', `${used} ${sourceText(fusion)}`, ...gridTable(fusion), ...scoringTable(fusion)];
}

function fusionText(fusion: Fusion): string {
  return fusion.method === 'convex'
    ? `Convex sum of min-max normalised scores, weight ${fusion.weight} for the model`
    : `Reciprocal rank fusion, weight ${fusion.weight} for the model, k ${fusion.k}`;
}

function sourceText({ chosen }: FusionConfig): string {
  switch (chosen.by) {
    case 'spec':
      return 'Fixed in the spec.';
    case 'default':
      return `Not chosen on data, since ${chosen.reason}: a fixed weight that loses little with most models.`;
    case 'validation': {
      const honest = chosen.folds
        ? ' These are the evaluated queries: each fifth of them is fused as the other four choose ' +
          `(weights ${foldsText(chosen.folds)}).`
        : '';
      return `Chosen on ${chosen.queries} queries of the split \`${chosen.split}\` by MRR@10.${honest}`;
    }
  }
}

/** With how words are scored where that differs. */
function foldsText(folds: NonNullable<ChosenOnQueries['folds']>): string {
  const scorings = folds.map(({ bm25 }) => scoringText(bm25));
  if (new Set(scorings).size === 1) return folds.map(({ weight }) => weight).join(', ');
  return folds.map(({ weight }, i) => `${weight} with ${scorings[i]!}`).join('; ');
}

/** MRR@10 by weight, one row for each method and k. */
function gridTable({ chosen }: FusionConfig): string[] {
  if (chosen.by !== 'validation') return [];
  const weights = [...new Set(chosen.grid.map(({ weight }) => weight))].sort((a, b) => a - b);
  const rows = new Map<string, string[]>();
  for (const tried of chosen.grid) {
    const name = tried.method === 'convex' ? 'convex' : `RRF, k ${tried.k}`;
    let cells = rows.get(name);
    if (!cells) rows.set(name, (cells = weights.map(() => '')));
    cells[weights.indexOf(tried.weight)] = tried['mrr@10'].toFixed(3);
  }
  return [
    table(
      ['weight', ...weights.map(String)],
      [...rows].map(([name, cells]) => [name, ...cells]),
    ),
  ];
}

/** MRR@10 by the best fusion with each way to score words. */
function scoringTable({ chosen }: FusionConfig): string[] {
  if (chosen.by !== 'validation' || !chosen.scorings) return [];
  return [
    table(
      ['words scored by', 'fused, MRR@10'],
      chosen.scorings.map((tried) => [scoringText(tried), tried['mrr@10'].toFixed(3)]),
    ),
  ];
}
