/**
 * What an ingest stage can be told, one branch for each format. Whether the files and columns exist is found out
 * while reading.
 */
import type { FromSchema, JsonSchema } from '../../src/stage.ts';

const path = { type: 'string', minLength: 1, 'x-path': 'input' } as const;

const files = (description: string) =>
  ({
    description: `${description} A path, glob or https URL, or a list of them.`,
    anyOf: [path, { type: 'array', minItems: 1, items: path }],
  }) as const;

const filesBySplit = (description: string) =>
  ({
    description: `${description} Split name → path, glob or https URL, or a list of them.`,
    type: 'object',
    minProperties: 1,
    propertyNames: { minLength: 1 },
    additionalProperties: files('The files of one split.'),
  }) as const;

const column = (description: string) =>
  ({
    description: `${description} A column's name, or its place counted from 1 where \`header\` is false.`,
    anyOf: [
      { type: 'string', minLength: 1 },
      { type: 'integer', minimum: 1 },
    ],
  }) as const;

const object = <const Properties extends object, const Required extends readonly (keyof Properties)[]>(
  description: string,
  properties: Properties,
  required: Required,
) => ({ description, type: 'object', properties, required, additionalProperties: false }) as const;

const select = (description: string) => ({ description, type: 'string', minLength: 1 }) as const;

const common = {
  on_error: {
    description:
      'What to do with bad rows (malformed, empty texts, wrong types, unknown ids): `fail` names the first of ' +
      'them and stops; `skip` leaves them out and counts them by reason in corpus.json and the metrics.',
    enum: ['fail', 'skip'],
    default: 'fail',
  },
  limit: {
    description:
      'Split name → keep only its first so many queries, in the order of the data; other splits stay whole. ' +
      'Formats whose rows carry their passages (msmarco, squad, pairs) keep the passages of these rows only; ' +
      'the others keep every document.',
    type: 'object',
    additionalProperties: { description: 'Queries to keep.', type: 'integer', minimum: 1 },
  },
  sha256: {
    description: 'URL → the SHA-256 (hexadecimal) that its download must have.',
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

const msmarco = object(
  'MS MARCO question answering rows, v1.1 and v2.1: each query with its passages, some of them selected.',
  {
    format: format(
      'Rows {query_id, query, query_type, passages: {is_selected[], passage_text[]}}.',
      'msmarco',
    ),
    splits: filesBySplit(
      'Parquet or JSON Lines (.jsonl, .json, .ndjson; also .gz, and .zst from Node 22.15 on).',
    ),
    ...common,
  },
  ['format', 'splits'],
);

const squad = object(
  'SQuAD v1.1 and v2.0: each question with the paragraph that answers it; candidates are the article’s paragraphs.',
  {
    format: format('SQuAD’s own JSON files.', 'squad'),
    splits: filesBySplit('JSON files (also .gz).'),
    ...common,
  },
  ['format', 'splits'],
);

const beir = {
  ...object(
    'A BEIR data set: corpus.jsonl {_id, title, text}, queries.jsonl {_id, text}, qrels/<split>.tsv.',
    {
      format: format('A BEIR folder, or its three parts.', 'beir'),
      folder: { ...path, description: 'The data set’s folder; dev.tsv becomes the split `validation`.' },
      corpus: files('corpus.jsonl, where no `folder` is given.'),
      queries: files('queries.jsonl, where no `folder` is given.'),
      qrels: filesBySplit('Judgements (query-id, corpus-id, score), where no `folder` is given.'),
      ...common,
    },
    ['format'],
  ),
  oneOf: [{ required: ['folder'] }, { required: ['corpus', 'queries', 'qrels'] }],
} as const;

const tables = {
  ...object(
    'Plain tables with named columns: one of query–document pairs, or documents, queries and judgements apart.',
    {
      format: format(
        'How every file is written; .gz too. csv may quote (RFC 4180); in tsv a line is a row and a quote a character like others.',
        'tsv',
        'csv',
        'parquet',
        'jsonl',
      ),
      header: {
        description: 'tsv and csv: whether the first line names the columns.',
        type: 'boolean',
        default: true,
      },
      pairs: object(
        'One table whose rows pair a query with a document; the documents of a query are its candidates.',
        {
          files: files('The table.'),
          splits: filesBySplit('The table in parts.'),
          query: column('The query’s text.'),
          document: column('The document’s text.'),
          query_id: column('The query’s id; without one, equal texts of a split are one query.'),
          document_id: column('The document’s id.'),
          label: column('Relevance, a whole number; without one every pair is relevant.'),
          split: column('The split, where `splits` does not say it.'),
        },
        ['query', 'document'],
      ),
      documents: object(
        'The documents.',
        {
          files: files('The table.'),
          id: column('The document’s id.'),
          text: column('Its text.'),
          title: column('Its title: put before the text, with a space between.'),
        },
        ['files', 'id', 'text'],
      ),
      queries: object(
        'The queries.',
        {
          files: files('The table.'),
          splits: filesBySplit('The table in parts.'),
          id: column('The query’s id, unique over all splits.'),
          text: column('Its text.'),
          split: column('Its split; else that of its first judgement, `unjudged` without any.'),
          type: column('Its type.'),
        },
        ['id', 'text'],
      ),
      qrels: object(
        'The judgements.',
        {
          files: files('The table.'),
          splits: filesBySplit('The table in parts.'),
          query: column('The query’s id.'),
          document: column('The document’s id.'),
          relevance: column('A whole number, relevant above 0; 1 where left out.'),
        },
        ['query', 'document'],
      ),
      candidates: object(
        'Documents listed for a query, best first, to be ranked again.',
        {
          files: files('The table.'),
          query: column('The query’s id.'),
          document: column('The document’s id.'),
        },
        ['files', 'query', 'document'],
      ),
      ...common,
    },
    ['format'],
  ),
  oneOf: [{ required: ['pairs'] }, { required: ['documents', 'queries', 'qrels'] }],
} as const;

const sql = object(
  'SELECT statements of your own over any files that DuckDB reads.',
  {
    format: format('Your own SELECTs.', 'sql'),
    files: {
      description:
        'Name → files. In the SELECTs, {{name}} stands for the list of their paths, as in ' +
        "read_csv({{name}}, delim = '|'), and the plain name is a view of .parquet, .csv, .tsv and .jsonl files.",
      type: 'object',
      propertyNames: { pattern: '^[A-Za-z_][A-Za-z0-9_]*$' },
      additionalProperties: files('The files of that name.'),
    },
    documents: select('SELECT giving id, text and perhaps title. Numbered by rising id (as text).'),
    queries: select('SELECT giving id, text and perhaps split and type. Numbered by rising id (as text).'),
    qrels: select('SELECT giving query, document and perhaps relevance (1) and split.'),
    candidates: select('SELECT giving query, document and position.'),
    ...common,
  },
  ['format', 'documents', 'queries', 'qrels'],
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

export type Files = FromSchema<ReturnType<typeof files>>;
export type FilesBySplit = FromSchema<ReturnType<typeof filesBySplit>>;
/** A column's name, or its place counted from 1 in a file without a header. */
export type Column = FromSchema<ReturnType<typeof column>>;
