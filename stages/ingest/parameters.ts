/**
 * Parameters of the ingest kind, one branch for each format. Schema and types; whether files and columns exist is
 * checked when they are read.
 */
import type { FromSchema, JsonSchema } from '../../src/stage.ts';
import { column, files, filesBySplit, object, path, select } from './schema-parts.ts';
import { split } from './splits/parameters.ts';

const common = {
  split,
  on_error: {
    description:
      'Handling of bad rows (malformed, empty text, wrong type, unknown id): `fail` reports the first of them and ' +
      'stops; `skip` leaves them out and counts them by reason in corpus.json and the metrics.',
    enum: ['fail', 'skip'],
    default: 'fail',
  },
  limit: {
    description:
      'Split name → maximum number of queries, in the order of the data; other splits are kept whole. Formats whose ' +
      'rows contain their documents (msmarco, squad, pairs) keep only the documents of these queries; the others ' +
      'keep all documents.',
    type: 'object',
    additionalProperties: {
      description: 'Maximum number of queries.',
      type: 'integer',
      minimum: 1,
      maximum: 1_000_000_000,
    },
  },
  judged: {
    description:
      'Split name → number of queries that keep their judgements, drawn by `judged_seed` from those with a relevant ' +
      'document. The other queries of the split lose judgements and candidates and stay as texts; documents and ' +
      'other splits are kept whole. For learning curves: a smaller number draws a subset of a larger one.',
    type: 'object',
    additionalProperties: {
      description: 'Number of judged queries.',
      type: 'integer',
      minimum: 0,
      maximum: 1_000_000_000,
    },
  },
  judged_seed: { description: 'Seed for `judged`.', type: 'integer', minimum: 0, default: 42 },
  sha256: {
    description: 'URL → expected SHA-256 of its download.',
    type: 'object',
    additionalProperties: {
      description: 'SHA-256 in lower-case hexadecimal.',
      type: 'string',
      pattern: '^[0-9a-f]{64}$',
    },
  },
} as const;

const format = <const Names extends readonly string[]>(description: string, ...names: Names) =>
  ({ description, enum: names }) as const;

/** Queries come with judgements, or neither is given. */
const DOCUMENTS_ALONE = { not: { anyOf: [{ required: ['queries'] }, { required: ['qrels'] }] } } as const;

const msmarco = object(
  'MS MARCO question answering, v1.1 and v2.1: each row is a query with its passages, some of them selected.',
  {
    format: format(
      'MS MARCO rows {query_id, query, query_type, passages: {is_selected[], passage_text[]}}.',
      'msmarco',
    ),
    splits: filesBySplit(
      'Parquet or JSON Lines files (.jsonl, .json, .ndjson; also .gz, and .zst from Node 22.15 on).',
    ),
    ...common,
  },
  ['format', 'splits'],
);

const squad = object(
  'SQuAD v1.1 and v2.0: the queries are questions, each with its relevant paragraph; the candidates are the paragraphs of the article.',
  {
    format: format('SQuAD JSON files.', 'squad'),
    splits: filesBySplit('JSON files, gzipped or not.'),
    ...common,
  },
  ['format', 'splits'],
);

const beir = {
  ...object(
    'A BEIR data set: corpus.jsonl {_id, title, text}, queries.jsonl {_id, text}, qrels/<split>.tsv. Usual other names of the columns are known too.',
    {
      format: format('A BEIR folder, or its files.', 'beir'),
      folder: { ...path, description: 'Folder of the data set; dev.tsv becomes the split `validation`.' },
      corpus: files('Documents (corpus.jsonl), if no `folder` is given.'),
      queries: files('Queries (queries.jsonl), if no `folder` is given.'),
      qrels: filesBySplit(
        'Relevance judgements (query-id, corpus-id, score; or TREC qrels without a header), if no `folder` is given.',
      ),
      ...common,
    },
    ['format'],
  ),
  oneOf: [
    { required: ['folder'] },
    { required: ['corpus', 'queries', 'qrels'] },
    { required: ['corpus'], ...DOCUMENTS_ALONE },
  ],
} as const;

const tables = {
  ...object(
    'Tables with named columns: one of query–document pairs, or separate ones of documents, queries and relevance judgements.',
    {
      format: format(
        'Format of all files, gzipped or not. `csv` may have quotes (RFC 4180) and other separators than the comma; in `tsv` every line is a row and quotes are ordinary characters.',
        'tsv',
        'csv',
        'parquet',
        'jsonl',
      ),
      header: {
        description: 'For tsv and csv: whether the first line has the names of the columns.',
        type: 'boolean',
        default: true,
      },
      pairs: object(
        'Table of query–document pairs; the documents paired with a query are its candidates.',
        {
          files: files('Files of the table.'),
          splits: filesBySplit('Files of the table, by split.'),
          query: column('Query text.'),
          document: column('Document text.'),
          query_id: column('Query id; without it, equal texts in a split are one query.'),
          document_id: column('Document id.'),
          label: column('Relevance label, an integer; without it, every pair is relevant.'),
          split: column('Split, if `splits` is not given.'),
        },
        ['query', 'document'],
      ),
      documents: object(
        'Table of documents.',
        {
          files: files('Files of the table.'),
          id: column('Document id.'),
          text: column('Document text.'),
          title: column('Document title, put before the text with a space between.'),
        },
        ['files', 'id', 'text'],
      ),
      queries: object(
        'Table of queries.',
        {
          files: files('Files of the table.'),
          splits: filesBySplit('Files of the table, by split.'),
          id: column('Query id, unique over all splits.'),
          text: column('Query text.'),
          split: column('Split; by default that of its relevance judgements, or `unjudged` without any.'),
          type: column('Query type.'),
        },
        ['id', 'text'],
      ),
      qrels: object(
        'Table of relevance judgements (qrels).',
        {
          files: files('Files of the table.'),
          splits: filesBySplit('Files of the table, by split.'),
          query: column('Query id.'),
          document: column('Document id.'),
          relevance: column('Relevance, an integer; relevant above 0, and 1 without this column.'),
        },
        ['query', 'document'],
      ),
      candidates: object(
        'Table of candidates: the documents to rerank for each query, best first.',
        {
          files: files('Files of the table.'),
          query: column('Query id.'),
          document: column('Document id.'),
        },
        ['files', 'query', 'document'],
      ),
      ...common,
    },
    ['format'],
  ),
  oneOf: [
    { required: ['pairs'] },
    { required: ['documents', 'queries', 'qrels'] },
    { required: ['documents'], ...DOCUMENTS_ALONE },
  ],
} as const;

const sql = object(
  'SELECT statements over any files that DuckDB reads.',
  {
    format: format('SELECT statements.', 'sql'),
    files: {
      description:
        "Name → files. In a SELECT, {{name}} is the list of their paths, as in read_csv({{name}}, delim = '|'); the " +
        'plain name is a view of .parquet, .csv, .tsv and .jsonl files.',
      type: 'object',
      propertyNames: { pattern: '^[A-Za-z_][A-Za-z0-9_]*$' },
      additionalProperties: files('The files of that name.'),
    },
    documents: select(
      'SELECT of the documents: id, text and optionally title. They are numbered by ascending id (as text).',
    ),
    queries: select(
      'SELECT of the queries: id, text and optionally split and type. They are numbered by ascending id (as text).',
    ),
    qrels: select(
      'SELECT of the relevance judgements: query, document and optionally relevance (default 1) and split.',
    ),
    candidates: select('SELECT of the candidates: query, document and position.'),
    ...common,
  },
  ['format', 'documents'],
);

export const parameters = {
  type: 'object',
  required: ['format'],
  discriminator: { propertyName: 'format' },
  oneOf: [msmarco, beir, squad, tables, sql],
} as const satisfies JsonSchema;

export type IngestParams = FromSchema<typeof parameters>;
export type MsmarcoParams = FromSchema<typeof msmarco>;
export type SquadParams = FromSchema<typeof squad>;
export type BeirParams = FromSchema<typeof beir>;
export type TableParams = FromSchema<typeof tables>;
export type SqlParams = FromSchema<typeof sql>;

/** One table of query–document pairs. */
export type PairsTable = NonNullable<TableParams['pairs']>;
