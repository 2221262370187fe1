import type { JsonSchema } from '../../src/stage.ts';

const path = { type: 'string', minLength: 1, 'x-path': 'input' };

const files = (description: string): JsonSchema => ({
  description: `${description} A path, glob or https URL, or a list of them.`,
  anyOf: [path, { type: 'array', minItems: 1, items: path }],
});

const filesBySplit = (description: string): JsonSchema => ({
  description: `${description} Split name → path, glob or https URL, or a list of them.`,
  type: 'object',
  minProperties: 1,
  propertyNames: { minLength: 1 },
  additionalProperties: files('The files of one split.'),
});

const column = (description: string): JsonSchema => ({
  description: `${description} A column's name, or its place counted from 1 where \`header\` is false.`,
  anyOf: [
    { type: 'string', minLength: 1 },
    { type: 'integer', minimum: 1 },
  ],
});

const object = (
  description: string,
  properties: Readonly<Record<string, JsonSchema>>,
  required: readonly string[],
): JsonSchema => ({ description, type: 'object', properties, required, additionalProperties: false });

const select = (description: string): JsonSchema => ({ description, type: 'string', minLength: 1 });

const common: Readonly<Record<string, JsonSchema>> = {
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
};

const format = (description: string, ...names: string[]): JsonSchema => ({ description, enum: names });

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
};

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
};

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

export const parameters: JsonSchema = {
  type: 'object',
  required: ['format'],
  discriminator: { propertyName: 'format' },
  oneOf: [msmarco, beir, squad, tables, sql],
};
