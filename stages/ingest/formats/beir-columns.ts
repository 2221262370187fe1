/**
 * Finds the columns of BEIR files by their first line: the names of the standard, the usual other names, and for
 * relevance judgements also files without a header and TREC qrels (query, iteration, document, relevance).
 */
import { PipelineError } from '../../../src/stage.ts';
import type { Column } from '../schema-parts.ts';
import { firstLine, quoted } from '../tables/lines.ts';
import type { TableOptions } from '../tables/relational.ts';
import { cellsOf, type Separator } from '../tables/scan.ts';
import { isProblem, parseRecord } from '../tables/values.ts';
import type { Source, Workspace } from '../workspace.ts';

/** The standard name comes first. */
export const DOCUMENT_IDS = ['_id', 'id', 'doc_id', 'docid', 'document_id', 'corpus-id', 'pid', 'passage_id'];
export const QUERY_IDS = ['_id', 'id', 'query_id', 'query-id', 'qid', 'question_id'];
export const TEXTS = ['text', 'contents', 'content', 'body', 'passage', 'document', 'abstract'];
export const QUERY_TEXTS = ['text', 'query', 'question', 'title', 'contents'];

const QRELS = {
  query: ['query-id', 'query_id', 'queryid', 'qid', 'query', 'topic', 'topic_id', 'question_id'],
  document: [
    'corpus-id',
    'corpus_id',
    'doc-id',
    'doc_id',
    'docid',
    'docno',
    'did',
    'pid',
    'document',
    'document_id',
    'passage_id',
  ],
  relevance: ['score', 'relevance', 'rel', 'label', 'grade', 'judgement', 'judgment'],
} as const;

/** The standard name of each column, or another one if the first object of the file has that instead. */
export async function jsonColumns<Name extends string>(
  work: Workspace,
  source: Source,
  columns: Readonly<Record<Name, readonly string[]>>,
): Promise<Record<Name, Column>> {
  const first = await firstLine(work, source);
  const record = parseRecord(first?.text ?? '');
  const has = (name: string): boolean => !isProblem(record) && name in record;
  const chosen = Object.entries<readonly string[]>(columns).map(([name, names]) => [
    name,
    names.find(has) ?? names[0]!,
  ]);
  return Object.fromEntries(chosen) as Record<Name, Column>;
}

export interface QrelsLayout {
  readonly options: TableOptions;
  readonly columns: { readonly query: Column; readonly document: Column; readonly relevance?: Column };
}

const SEPARATORS: readonly Separator[] = ['\t', ',', ';', 'spaces'];

/** @throws PipelineError if the first line is neither a header nor a judgement */
export async function qrelsLayout(work: Workspace, source: Source): Promise<QrelsLayout> {
  const first = await firstLine(work, source);
  const line = first?.text ?? undefined;
  if (line === undefined)
    throw new PipelineError(
      'E_INPUT',
      first ? `${source.label}, first line: ${first.problem!}` : `${source.label} is empty`,
    );
  const separator = separatorOf(line);
  const cells = separator === undefined ? [] : cellsOf(line, separator);
  const columns = namedColumns(cells) ?? columnsByPosition(cells);
  if (separator === undefined || columns === undefined)
    throw new PipelineError(
      'E_INPUT',
      `${source.label}, line ${first!.number}: ${quoted(line)} is neither a header of relevance judgements nor one of them`,
      {
        hint: 'Write `query-id`, `corpus-id` and `score` in the first line, separated by tabs, or TREC qrels without a header.',
      },
    );
  const header = typeof columns.query === 'string';
  return { options: { encoding: 'tsv', header, separator }, columns };
}

/** Tabs with spaces next to them, as in aligned columns, are white space. */
function separatorOf(line: string): Separator | undefined {
  if (/ \t|\t /.test(line)) return 'spaces';
  return SEPARATORS.find((one) => cellsOf(line, one).length > 1);
}

function namedColumns(cells: readonly string[]): QrelsLayout['columns'] | undefined {
  const find = (names: readonly string[]): string | undefined =>
    names.flatMap((name) => cells.filter((cell) => cell.toLowerCase() === name))[0];
  const [query, document, relevance] = [find(QRELS.query), find(QRELS.document), find(QRELS.relevance)];
  if (query === undefined || document === undefined) return undefined;
  // Another column is probably the relevance; without one, every listed pair is relevant.
  if (relevance === undefined && cells.length > 2) return undefined;
  return { query, document, ...(relevance !== undefined && { relevance }) };
}

/** Of a line without a header: its last cell is a number. */
function columnsByPosition(cells: readonly string[]): QrelsLayout['columns'] | undefined {
  const isRelevance = /^[+-]?\d+(\.\d+)?$/.test(cells.at(-1) ?? '');
  if (isRelevance && cells.length === 4) return { query: 1, document: 3, relevance: 4 };
  if (isRelevance && cells.length === 3) return { query: 1, document: 2, relevance: 3 };
  return undefined;
}
