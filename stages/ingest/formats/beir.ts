/** Reads the BEIR format (https://github.com/beir-cellar/beir/wiki/Load-your-custom-dataset): a folder or its files. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { PipelineError } from '../../../src/stage.ts';
import { hasQueries } from '../documents-alone.ts';
import type { BeirParams } from '../parameters.ts';
import type { Files, FilesBySplit } from '../schema-parts.ts';
import {
  createNamedTables,
  resolveNames,
  stageDocuments,
  stageQrels,
  stageQueries,
  type TableOptions,
} from '../tables/relational.ts';
import type { Workspace } from '../workspace.ts';
import { DOCUMENT_IDS, jsonColumns, qrelsLayout, QUERY_IDS, QUERY_TEXTS, TEXTS } from './beir-columns.ts';

const JSONL: TableOptions = { encoding: 'jsonl', header: false };

export async function readBeir(work: Workspace, params: BeirParams): Promise<void> {
  const parts = params.folder === undefined ? explicit(params) : partsOf(params.folder);
  const corpus = await work.add(parts.corpus);
  const queries = parts.queries === undefined ? [] : await work.add(parts.queries);
  const qrels = await work.addSplits(parts.qrels);
  await createNamedTables(work);
  for (const source of corpus) {
    const columns = await jsonColumns(work, source, { id: DOCUMENT_IDS, text: TEXTS });
    await stageDocuments(work, source, JSONL, { ...columns, title: 'title' }, ['title']);
  }
  for (const source of queries)
    await stageQueries(
      work,
      source,
      JSONL,
      await jsonColumns(work, source, { id: QUERY_IDS, text: QUERY_TEXTS }),
    );
  for (const source of qrels) {
    const { options, columns } = await qrelsLayout(work, source);
    await stageQrels(work, source, options, columns);
  }
  await resolveNames(work);
}

interface Parts {
  readonly corpus: Files;
  readonly queries: Files | undefined;
  readonly qrels: FilesBySplit;
}

function explicit({ corpus, queries, qrels }: BeirParams): Parts {
  return { corpus: corpus!, queries, qrels: qrels ?? {} };
}

function partsOf(folder: string): Parts {
  if (!hasQueries(folder)) return { corpus: part(folder, 'corpus.jsonl'), queries: undefined, qrels: {} };
  const qrels = new Map<string, string[]>();
  const names = existsSync(join(folder, 'qrels')) ? readdirSync(join(folder, 'qrels')).sort() : [];
  for (const name of names) {
    const split = /^(.+)\.(?:tsv|csv|qrels|trec)(?:\.gz)?$/.exec(name)?.[1];
    if (split === undefined) continue;
    const known = split === 'dev' ? 'validation' : split;
    qrels.set(known, [...(qrels.get(known) ?? []), join(folder, 'qrels', name)]);
  }
  if (qrels.size === 0) throw missing(folder, join('qrels', '*.tsv'));
  return {
    corpus: part(folder, 'corpus.jsonl'),
    queries: part(folder, 'queries.jsonl'),
    qrels: Object.fromEntries(qrels),
  };
}

function part(folder: string, name: string): string {
  const found = [name, `${name}.gz`].map((file) => join(folder, file)).find((path) => existsSync(path));
  if (found === undefined) throw missing(folder, name);
  return found;
}

function missing(folder: string, name: string): PipelineError {
  return new PipelineError('E_INPUT', `${folder} contains no ${name}`, {
    hint: 'A BEIR folder contains corpus.jsonl, queries.jsonl and qrels/<split>.tsv, gzipped or not.',
  });
}
