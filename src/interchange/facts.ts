/** What is known about a model besides its weights, for the README of an exported folder. */
import type { TrainedModel } from './trained-model.ts';

export interface ModelFacts {
  /** Of the spec. */
  readonly name: string;
  /** The stage that made it. */
  readonly stage: string;
  readonly report: ReportFacts | undefined;
  /** Fractions of the words of the embedded corpus that the model has no row for. */
  readonly unknown: { readonly documents: number; readonly queries: number } | undefined;
  /** Embeddings made with it had a lexical part, which the model does not have. */
  readonly isHybrid: boolean;
}

export interface ReportFacts {
  readonly split: string;
  /** Of the model, such as `mrr@10`. */
  readonly measures: Readonly<Record<string, number>>;
  /** Of BM25, where the report has it. */
  readonly bm25: Readonly<Record<string, number>>;
  readonly queries: number | undefined;
}

const number = (value: number): string => value.toLocaleString('en-US');
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

/** Paragraphs on what the model cannot know. */
export function limitsText({ config, tokenizer }: TrainedModel, { unknown, isHybrid }: ModelFacts): string {
  const { rows, ngrams } = config.embeddings;
  const shares =
    unknown &&
    `In the corpus that it was embedded with, ${percent(unknown.documents)} of the words of documents and ${percent(unknown.queries)} of those of queries have no vector of their own.`;
  const points = [
    [
      `It has vectors for ${number(rows)} words.`,
      ngrams
        ? `Another word gets that of the unknown word plus the mean of those of its character n-grams (${ngrams.min_n} to ${ngrams.max_n} characters).`
        : 'All other words are one unknown word to it.',
      shares,
    ],
    [
      `It reads the first ${tokenizer.max_query_length} words of a query and the first ${tokenizer.max_document_length} of a document. What follows is ignored.`,
    ],
    ['It was trained on one corpus. Expect less of it on other topics, and little in other languages.'],
    isHybrid && [
      'The embeddings that were evaluated have a lexical part too, made of BM25 weights. It is not in this model, so that search with its vectors alone gives other results.',
    ],
  ];
  return points
    .flatMap((sentences) => (sentences === false ? [] : [`- ${sentences.filter(Boolean).join(' ')}`]))
    .join('\n');
}

/** A table of the measures of the report; empty without one. */
export function measuresText({ report, isHybrid }: ModelFacts): string {
  if (!report) return 'There is no evaluation of this model.';
  const hasBm25 = Object.keys(report.bm25).length > 0;
  const rows = Object.entries(report.measures).map(([name, value]) => {
    const cells = [name.replace('candidates/', 'within the candidates: '), value.toFixed(4)];
    const bm25 = report.bm25[name];
    if (hasBm25) cells.push(bm25 === undefined ? '' : bm25.toFixed(4));
    return `| ${cells.join(' | ')} |`;
  });
  const head = hasBm25
    ? ['| measure | model | BM25 |', '| --- | --- | --- |']
    : ['| measure | model |', '| --- | --- |'];
  const queries = report.queries === undefined ? '' : `${number(report.queries)} queries of `;
  return [
    `On ${queries}the split \`${report.split}\`${isHybrid ? ', with the lexical part' : ''}:`,
    '',
    ...head,
    ...rows,
  ].join('\n');
}
