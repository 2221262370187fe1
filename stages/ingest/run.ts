/**
 * Runs an ingest stage: the reader of the format fills a staging database (formats/), then the rows are checked,
 * numbered and written as a corpus. Nothing here depends on a format.
 */
import { join } from 'node:path';
import { monotonic } from '../../src/base/clock.ts';
import { CORPUS_FILE, CORPUS_TABLES } from '../../src/formats/corpus.ts';
import { digestOfCorpus } from '../../src/formats/corpus-digest.ts';
import { countCorpus } from '../../src/formats/corpus-counts.ts';
import { writeCorpusSummary, type CorpusSummary } from '../../src/formats/corpus-summary.ts';
import { literal } from '../../src/formats/duckdb.ts';
import { PipelineError, type Metrics, type StageContext, type StageResult } from '../../src/stage.ts';
import { writeTables } from './finish.ts';
import { readBeir } from './formats/beir.ts';
import { readMsmarco } from './formats/msmarco.ts';
import { readSql } from './formats/sql.ts';
import { readSquad } from './formats/squad.ts';
import { readTables } from './formats/tables.ts';
import { identicalIdsWarning, writeOwnDocuments, type OwnDocuments } from './own-documents.ts';
import type { IngestParams } from './parameters.ts';
import { documentsAloneWarning, isDocumentsAlone } from './documents-alone.ts';
import { settleRejects } from './rejects.ts';
import { checkSplit, divideQueries } from './splits/divide.ts';
import { findLeakage, leakageMetrics, leakageWarnings, type Leakages } from './splits/leakage.ts';
import { checkJudgedNames, checkLimitNames } from './splits/split-names.ts';
import { openWorkspace, type Workspace } from './workspace.ts';

export function run(context: StageContext<IngestParams>): Promise<StageResult> {
  return ingest(context, read);
}

/** Fills the tables of the workspace with the rows of one format. */
export type Reader = (work: Workspace, params: IngestParams) => Promise<void>;

/** All of an ingest stage but the format, which `read` knows. */
export async function ingest(context: StageContext<IngestParams>, read: Reader): Promise<StageResult> {
  const started = monotonic();
  checkSplit(context.params);
  const work = await openWorkspace(context);
  try {
    await read(work, context.params);
    const rejects = await settleRejects(work);
    await requireRows(work);
    await divideQueries(work);
    await checkJudgedNames(work);
    await work.database.run(`
      ATTACH ${literal(join(context.output, CORPUS_FILE))} AS corpus; USE corpus; ${CORPUS_TABLES} USE staging`);
    const duplicates = await writeTables(work);
    const own = await writeOwnDocuments(work);
    const leakage = await findLeakage(work);
    for (const warning of leakageWarnings(work, leakage)) context.warn(warning);
    const summary = await summarise(work, duplicates, rejects, own, leakage);
    const warning = identicalIdsWarning(own, summary.counts.queries);
    if (warning) context.warn(warning);
    const digest = await digestOfCorpus(work.database, 'corpus', summary);
    await work.database.run('CHECKPOINT corpus; DETACH corpus');
    writeCorpusSummary(context.output, summary);
    return result(summary, digest, (monotonic() - started) / 1000);
  } finally {
    work.close();
  }
}

async function read(work: Workspace, params: IngestParams): Promise<void> {
  switch (params.format) {
    case 'msmarco':
      return readMsmarco(work, params);
    case 'squad':
      return readSquad(work, params);
    case 'beir':
      return readBeir(work, params);
    case 'sql':
      return readSql(work, params);
    case 'tsv':
    case 'csv':
    case 'parquet':
    case 'jsonl':
      return readTables(work, params);
  }
}

async function requireRows(work: Workspace): Promise<void> {
  const splits = await work.database.rows('SELECT DISTINCT split FROM staged_queries ORDER BY split');
  checkLimitNames(
    work,
    splits.map((row) => String(row['split'])),
  );
  const documentsAlone = splits.length === 0 && isDocumentsAlone(work.context.params);
  if (splits.length === 0 && !documentsAlone) throw empty('queries');
  const documents = await work.database.rows('SELECT 1 FROM occurrences LIMIT 1');
  if (documents.length === 0) throw empty('documents');
  if (documentsAlone) work.context.warn(documentsAloneWarning);
}

const empty = (what: 'queries' | 'documents'): PipelineError =>
  new PipelineError('E_INPUT', `the data contains no ${what}`, {
    hint: 'Check that these are the right files and that they are not empty.',
  });

async function summarise(
  work: Workspace,
  duplicates: CorpusSummary['duplicates'],
  rejects: CorpusSummary['rejects'],
  own: OwnDocuments,
  leakage: Leakages,
): Promise<CorpusSummary> {
  const { counts, splits } = await countCorpus(work.database, 'corpus');
  return {
    format: work.context.params.format,
    counts,
    splits,
    duplicates,
    rejects,
    sources: work.sources.flatMap(({ source }) => (source ? [source] : [])),
    ...(own.queries > 0 && { identical_ids: own.queries }),
    ...(Object.keys(leakage).length > 0 && { leakage }),
  };
}

function result(summary: CorpusSummary, digest: string, seconds: number): StageResult {
  const { counts, splits, duplicates, rejects, identical_ids, leakage = {} } = summary;
  const rejected = Object.values(rejects).reduce((sum, n) => sum + n, 0);
  const metrics: Metrics = {
    ...counts,
    ...Object.fromEntries(splits.map(({ name, queries }) => [`queries_${name}`, queries])),
    unanswered: splits.reduce((sum, { unanswered }) => sum + unanswered, 0),
    duplicate_documents: duplicates.documents,
    ...(identical_ids !== undefined && { identical_ids }),
    ...leakageMetrics(leakage),
    rejected,
    seconds: Math.round(seconds * 1000) / 1000,
    rows_per_s: Math.round(counts.queries / seconds),
  };
  const grouped = (n: number): string => n.toLocaleString('en-US');
  const skipped = rejected > 0 ? ` · ${grouped(rejected)} bad rows left out` : '';
  return {
    metrics,
    headline: `${grouped(counts.documents)} documents · ${grouped(counts.queries)} queries${skipped}`,
    digests: { [CORPUS_FILE]: digest },
  };
}
