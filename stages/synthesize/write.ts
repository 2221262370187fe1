/** Writes the corpus with the new queries: a copy of the input's database with rows added at the end of two tables. */
import { chmodSync, copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { countCorpus } from '../../src/formats/corpus-counts.ts';
import { digestOfCorpus } from '../../src/formats/corpus-digest.ts';
import {
  readCorpusSummary,
  writeCorpusSummary,
  type CorpusSummary,
} from '../../src/formats/corpus-summary.ts';
import { SYNTHETIC_VALIDATION } from '../../src/formats/corpus-splits.ts';
import { CORPUS_FILE } from '../../src/formats/corpus.ts';
import { openDatabase, type Database } from '../../src/formats/duckdb.ts';
import type { SyntheticQuery } from './generate.ts';

/** The name of the database in DuckDB, from the name of its file. */
const CATALOG = 'corpus';

export interface Written {
  readonly summary: CorpusSummary;
  readonly digest: string;
}

/** `taken`: the external ids that the corpus has. */
export async function writeCorpus(
  from: string,
  to: string,
  queries: readonly SyntheticQuery[],
  taken: ReadonlySet<string>,
): Promise<Written> {
  const before = readCorpusSummary(from);
  const file = join(to, CORPUS_FILE);
  copyFileSync(join(from, CORPUS_FILE), file);
  // The files of an artifact are read-only.
  chmodSync(file, 0o644);
  const database = await openDatabase(file);
  try {
    await append(database, before.counts.queries, queries, taken);
    const summary = { ...before, ...(await countCorpus(database, CATALOG)) };
    const digest = await digestOfCorpus(database, CATALOG, summary);
    await database.run('CHECKPOINT');
    writeCorpusSummary(to, summary);
    return { summary, digest };
  } finally {
    database.close();
  }
}

async function append(
  database: Database,
  first: number,
  queries: readonly SyntheticQuery[],
  taken: ReadonlySet<string>,
): Promise<void> {
  const names = new Set(taken);
  const tables = {
    queries: await database.appender('queries'),
    qrels: await database.appender('qrels'),
  };
  for (const [i, { document, method, text, heldOut }] of queries.entries()) {
    const split = heldOut ? SYNTHETIC_VALIDATION : 'train';
    tables.queries.row(
      first + i,
      newName(`synthetic:${method}:${document}`, names),
      split,
      text,
      method,
      true,
    );
    tables.qrels.row(first + i, document, 1);
  }
  for (const table of Object.values(tables)) await table.close();
}

function newName(base: string, names: Set<string>): string {
  let name = base;
  for (let n = 2; names.has(name); n++) name = `${base}:${n}`;
  names.add(name);
  return name;
}
