/** Ingests small files from a real folder, and reads the corpus back. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { openCorpus } from '../../../src/formats/corpus.ts';
import { readCorpusSummary, type CorpusSummary } from '../../../src/formats/corpus-summary.ts';
import { openDatabase } from '../../../src/formats/duckdb.ts';
import type { JsonObject } from '../../../src/stage.ts';
import { stage } from '../../../stages/ingest/kind.ts';
import { runKind, temporaryFolder, type KindRun, type KindRunOptions } from '../../helpers/run-kind.ts';

export type FileContent = string | Uint8Array;

/** Writes files into a fresh folder; a name that ends in .gz is packed. Gives the folder. */
export function folderOf(files: Readonly<Record<string, FileContent>>): string {
  const folder = temporaryFolder();
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, name.endsWith('.gz') && typeof content === 'string' ? gzipSync(content) : content);
  }
  return folder;
}

export const jsonl = (...rows: unknown[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join('');

export interface Ingested extends KindRun {
  readonly summary: CorpusSummary;
  /** [name, text], by doc_id. */
  readonly documents: readonly (readonly [string, string])[];
  /** [split, name, text, type], by query_id. */
  readonly queries: readonly (readonly [string, string, string, string | null])[];
  /** [query_id, doc_id, relevance] */
  readonly qrels: readonly (readonly number[])[];
  /** doc_ids by query_id, best first. */
  readonly candidates: Readonly<Record<number, readonly number[]>>;
}

/** `kind`: another ingest than the built-in one, such as one with a format of its own. */
export async function ingest(
  params: JsonObject,
  options: KindRunOptions = {},
  kind: typeof stage = stage,
): Promise<Ingested> {
  const run = await runKind(kind, { ...options, params });
  const corpus = await openCorpus(run.artifact.path);
  try {
    const documents: [string, string][] = [];
    const ids = Array.from({ length: corpus.counts().documents }, (_, id) => id);
    const texts = await corpus.documentTexts(ids);
    for (const id of ids) documents.push([texts.get(id)!.name, texts.get(id)!.text]);
    const queries = await corpus.queryRows();
    const qrels = await corpus.qrels();
    const listed = await corpus.candidates();
    const candidates: Record<number, number[]> = {};
    listed.queries.forEach((query, i) => (candidates[query] ??= []).push(listed.documents[i]!));
    return {
      ...run,
      summary: readCorpusSummary(run.artifact.path),
      documents,
      queries: queries.map(({ split, name, text, type }) => [split, name, text, type] as const),
      qrels: [...qrels.queries].map((query, i) => [query, qrels.documents[i]!, qrels.relevance[i]!]),
      candidates,
    };
  } finally {
    corpus.close();
  }
}

export const digestOf = (run: KindRun): string => Object.values(run.digests!)[0]!;

/** Writes what a SELECT gives as a Parquet file. */
export async function parquet(path: string, select: string): Promise<void> {
  const database = await openDatabase(':memory:');
  await database.run(`COPY (${select}) TO '${path}' (FORMAT parquet)`);
  database.close();
}
