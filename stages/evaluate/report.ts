/** report.md: the figures as tables, and the queries that tell the most about the model. */
import type { DocumentText } from '../../src/formats/corpus.ts';
import type { Comparison, Difference } from './comparison.ts';
import type { Summary } from './summary.ts';
import type { Figures, SystemFigures } from './scores.ts';

type Texts = ReadonlyMap<number, DocumentText>;

export function reportMarkdown(summary: Summary, comparison: Comparison | undefined, texts: Texts): string {
  return [
    `# Retrieval on the split \`${summary.split}\``,
    overview(summary),
    '## Over the whole corpus',
    table(summary.systems, ({ corpus }) => corpus),
    ...candidatesSection(summary),
    ...(comparison ? comparisonSection(comparison, texts) : []),
  ]
    .join('\n\n')
    .concat('\n');
}

function overview(summary: Summary): string {
  const left =
    summary.queries_without_relevant === 0
      ? 'every query has a relevant document'
      : `${summary.queries_without_relevant} more have no relevant document and are left out`;
  return (
    `${summary.queries} queries (${left}), ${summary.documents} documents, lists of ${summary.depth}. ` +
    'Means over queries; nDCG with linear gain; the random row is the expected value over all orders.'
  );
}

function candidatesSection(summary: Summary): string[] {
  if (summary.queries_with_candidates === 0) return [];
  const note = `${summary.queries_with_candidates} queries whose candidates hold a relevant document.`;
  return ['## Within the candidates', note, table(summary.systems, ({ candidates }) => candidates)];
}

function table(
  systems: readonly SystemFigures[],
  figuresOf: (system: SystemFigures) => Figures | undefined,
): string {
  const names = Object.keys(figuresOf(systems[0]!) ?? {});
  const rows = systems.map((system) => {
    const figures = figuresOf(system) ?? {};
    return [system.name, ...names.map((name) => figures[name]!.toFixed(4))];
  });
  const lines = [['', ...names], ['---', ...names.map(() => '---:')], ...rows];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function comparisonSection(comparison: Comparison, texts: Texts): string[] {
  const { won, lost, tied } = comparison;
  return [
    '## Against BM25, query by query',
    `By the rank of the first relevant document: ${won} won, ${lost} lost, ${tied} tied.`,
    ...examples('Won most', comparison.wonMost, 'bm25', texts),
    ...examples('Lost most', comparison.lostMost, 'model', texts),
  ];
}

function examples(
  title: string,
  differences: readonly Difference[],
  mistaken: 'model' | 'bm25',
  texts: Texts,
): string[] {
  if (differences.length === 0) return [];
  const items = differences.map((difference) => {
    const { query, model, bm25 } = difference;
    const wrong = difference[mistaken].best;
    const relevant = [...query.relevant.keys()][0]!;
    const found = wrong === undefined ? 'nothing' : excerpt(texts, wrong);
    return [
      `- **${plain(query.text)}** (rank ${model.rank ?? '–'}, BM25 ${bm25.rank ?? '–'})`,
      `  - relevant: ${excerpt(texts, relevant)}`,
      `  - first for ${mistaken === 'bm25' ? 'BM25' : 'the model'}: ${found}`,
    ].join('\n');
  });
  return [`### ${title}`, items.join('\n')];
}

const LONGEST = 240;

const excerpt = (texts: Texts, document: number): string => plain(texts.get(document)?.text ?? '');

/** A text as one line of Markdown without effects of its own. */
function plain(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  const characters = Array.from(line);
  const short = characters.length > LONGEST ? `${characters.slice(0, LONGEST).join('')}…` : line;
  return short.replace(/[\\`*_[\]<>#|]/g, '\\$&');
}

/** The documents whose texts the report shows. */
export function documentsShown({ wonMost, lostMost }: Comparison): Uint32Array {
  const shown = [...wonMost, ...lostMost].flatMap(({ query, model, bm25 }) => [
    [...query.relevant.keys()][0],
    model.best,
    bm25.best,
  ]);
  return Uint32Array.from(new Set(shown.filter((document) => document !== undefined))).sort();
}
