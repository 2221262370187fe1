/**
 * Runs the user's own SELECT statements. A SELECT without ORDER BY has no defined order, so rows are numbered by their
 * ids and the result does not depend on the number of threads.
 */
import { nearest } from '../../../src/base/nearest.ts';
import { exactPath, identifier, literal } from '../../../src/formats/duckdb.ts';
import { PipelineError } from '../../../src/stage.ts';
import type { SqlParams } from '../parameters.ts';
import { groupColumn } from '../splits/divide.ts';
import { blank, firstProblem } from '../rejects.ts';
import {
  createNamedTables,
  DOCUMENT,
  GROUP_PROBLEM,
  QUERY_PROBLEMS,
  RELEVANCE,
  resolveNames,
} from '../tables/relational.ts';
import { compressionOf, encodingOf } from '../tables/scan.ts';
import { unreadable, type Source, type Workspace } from '../workspace.ts';

export async function readSql(work: Workspace, params: SqlParams): Promise<void> {
  const named = new Map<string, readonly Source[]>();
  for (const [name, files] of Object.entries(params.files ?? {})) named.set(name, await work.add(files));
  await work.confine();
  for (const [name, sources] of named) {
    const reader = readerOf(sources);
    if (reader !== undefined) {
      await work.read(sources[0]!, `CREATE TEMP VIEW ${identifier(name)} AS SELECT * FROM ${reader}`);
    }
  }
  const paths = new Map([...named].map(([name, sources]) => [name, listOf(sources)]));
  await createNamedTables(work);
  for (const statement of STATEMENTS) {
    const written = params[statement.name];
    if (written === undefined) continue;
    const group = statement.name === 'queries' ? groupColumn(params) : undefined;
    await execute(work, statement, fillIn(written, paths), group?.toString());
  }
  await resolveNames(work);
}

interface Statement {
  readonly name: 'documents' | 'queries' | 'qrels' | 'candidates';
  readonly required: readonly string[];
  readonly optional: readonly string[];
  /** INSERT from `rows`, which has all columns as VARCHAR. */
  readonly insert: (source: Source, has: (column: string) => boolean) => string;
}

const STATEMENTS: readonly Statement[] = [
  {
    name: 'documents',
    required: ['id', 'text'],
    optional: ['title'],
    insert: ({ index }) => `
      INSERT INTO named_documents
      SELECT row, ${index}, row, id, text, title, ${firstProblem(DOCUMENT.problems)} FROM (
        SELECT row_number() OVER (ORDER BY id, text, title) AS row, id, text, title
        FROM (SELECT id, ${DOCUMENT.text} AS text, ${DOCUMENT.title} AS title FROM rows))`,
  },
  {
    name: 'queries',
    required: ['id', 'text'],
    optional: ['split', 'type'],
    insert: ({ index }, has) => `
      INSERT INTO named_queries
      SELECT row, ${index}, row, id, text, split, type,
             ${firstProblem([...QUERY_PROBLEMS, ...(has('group_name') ? [GROUP_PROBLEM] : []), ...(has('split') ? [[blank('split'), 'split missing'] as const] : [])])},
             group_name
      FROM (SELECT row_number() OVER (ORDER BY id, split, text, type) AS row, * FROM rows)`,
  },
  {
    name: 'qrels',
    required: ['query', 'document'],
    optional: ['relevance', 'split'],
    insert: ({ index }, has) => {
      const relevance = has('relevance') ? RELEVANCE.value : '1';
      return `
        INSERT INTO named_qrels
        SELECT ${index}, row, query, document, ${relevance}, split,
               ${firstProblem([[`${relevance} IS NULL`, RELEVANCE.problem]])}
        FROM (SELECT row_number() OVER (ORDER BY query, document, relevance, split) AS row, * FROM rows)`;
    },
  },
  {
    name: 'candidates',
    required: ['query', 'document', 'position'],
    optional: [],
    insert: ({ index }) => `
      INSERT INTO named_candidates
      SELECT row, ${index}, row, query, document,
             ${firstProblem([['try_cast(position AS BIGINT) IS NULL', 'position is not an integer']])}
      FROM (SELECT row_number() OVER (ORDER BY query, try_cast(position AS BIGINT), document) AS row, * FROM rows)`,
  },
];

/** `group`: the column of the queries that names their groups, if they are divided by one. */
async function execute(
  work: Workspace,
  statement: Statement,
  select: string,
  group: string | undefined,
): Promise<void> {
  const source = work.addNamed(`the ${statement.name} SELECT`);
  // The parenthesis is on a line of its own, because the SELECT may end in a comment.
  const body = `(\n${select.trim().replace(/;\s*$/, '')}\n)`;
  const described = await work.database
    .rows(`SELECT column_name AS name FROM (DESCRIBE ${body.slice(1, -1)})`)
    .catch((error: unknown) => {
      throw undeclared(source, error) ?? unreadable(source, error);
    });
  const names = described.map((row) => String(row['name']));
  checkColumns(statement, names, group);
  const columns = [...statement.required, ...statement.optional].map((name) =>
    names.includes(name) ? `${name}::VARCHAR AS ${name}` : `NULL::VARCHAR AS ${name}`,
  );
  columns.push(`${group === undefined ? 'NULL' : identifier(group)}::VARCHAR AS group_name`);
  await work.read(
    source,
    `CREATE OR REPLACE TEMP VIEW rows AS SELECT ${columns.join(', ')} FROM ${body};
     ${statement.insert(source, (column) => (column === 'group_name' ? group !== undefined : names.includes(column)))}`,
  );
}

/** A file that `files` does not name would not be part of the key, so DuckDB has no access to it. */
function undeclared(source: Source, error: unknown): PipelineError | undefined {
  const file = /Cannot access (?:file|directory) "(.*?)" - file system/s.exec(String(error))?.[1];
  if (file === undefined) return undefined;
  return new PipelineError('E_INPUT', `${source.label} reads ${file}, which is not among the stage's files`, {
    hint: `Name it under \`files\`, such as \`files: { pages: ${file} }\`, and select FROM pages, or from read_csv({{pages}}) with options.`,
  });
}

function checkColumns(
  { name, required: always, optional }: Statement,
  names: readonly string[],
  group: string | undefined,
): void {
  const required = group === undefined ? always : [...always, group];
  const wanted = [...required, ...optional];
  const missing = required.filter((column) => !names.includes(column));
  const unknown = names.filter((column) => !wanted.includes(column));
  if (missing.length === 0 && unknown.length === 0) return;
  const message =
    missing.length > 0
      ? `the ${name} SELECT has no column ${missing.join(', ')}`
      : `the ${name} SELECT has an unknown column '${unknown[0]!}'`;
  const meant = unknown.length > 0 ? nearest(unknown[0]!, wanted) : undefined;
  const perhaps = optional.length > 0 ? `; optional: ${optional.join(', ')}` : '';
  throw new PipelineError('E_INPUT', message, {
    hint: `${meant === undefined ? '' : `Did you mean '${meant}'? `}Required columns: ${required.join(', ')}${perhaps}.`,
  });
}

const listOf = (sources: readonly Source[]): string =>
  `[${sources.map(({ path }) => literal(exactPath(path))).join(', ')}]`;

/** Replaces each {{name}} by the list of its paths. */
function fillIn(select: string, paths: ReadonlyMap<string, string>): string {
  return select.replace(/\{\{\s*([A-Za-z_][A-Za-z0-9_]*)\s*\}\}/g, (_, name: string) => {
    const list = paths.get(name);
    if (list !== undefined) return list;
    const meant = nearest(name, [...paths.keys()]);
    throw new PipelineError('E_INPUT', `{{${name}}} is not among the stage's files`, {
      hint: meant === undefined ? 'Name it under `files`.' : `Did you mean '{{${meant}}}'?`,
    });
  });
}

/** The DuckDB table function for these files; undefined if their encodings differ or are unknown. */
function readerOf(sources: readonly Source[]): string | undefined {
  const label = sources[0]!.label;
  const encoding = encodingOf(label);
  if (sources.some((source) => encodingOf(source.label) !== encoding)) return undefined;
  const packed = compressionOf(label);
  const compression = `compression = ${literal(packed === 'none' ? 'uncompressed' : packed)}`;
  switch (encoding) {
    case 'parquet':
      return `read_parquet(${listOf(sources)})`;
    case 'jsonl':
      return `read_json(${listOf(sources)}, ${compression})`;
    case 'csv':
      return `read_csv(${listOf(sources)}, ${compression})`;
    case 'tsv':
      return String.raw`read_csv(${listOf(sources)}, delim = '\t', ${compression})`;
    case undefined:
      return undefined;
  }
}
