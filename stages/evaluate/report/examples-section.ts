/**
 * The section of report.md with example queries: what the model and BM25 ranked first for them. The queries are
 * chosen in examples.ts.
 */
import type { DocumentText } from '../../../src/formats/corpus.ts';
import type { Comparison } from '../summary/comparison.ts';
import type { Example, Examples } from './examples.ts';
import { plain } from './markdown.ts';

type Texts = ReadonlyMap<number, DocumentText>;

export function examplesSection(
  { wonMost, lostMost }: Examples,
  comparison: Comparison | undefined,
  texts: Texts,
): string[] {
  if (!comparison) return [];
  const { won, lost, tied } = comparison;
  return [
    '## Against BM25, query by query',
    `By the rank of the first relevant document: ${won} won, ${lost} lost, ${tied} tied.`,
    ...examples('Largest wins', wonMost, 'bm25', texts),
    ...examples('Largest losses', lostMost, 'model', texts),
  ];
}

function examples(
  title: string,
  shown: readonly Example[],
  mistaken: 'model' | 'bm25',
  texts: Texts,
): string[] {
  if (shown.length === 0) return [];
  const items = shown.map((example) => {
    const { query, model, bm25 } = example;
    const wrong = example[mistaken].best;
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

const excerpt = (texts: Texts, document: number): string => plain(texts.get(document)?.text ?? '');
