/** Reads tables with named columns: separate documents, queries and relevance judgements, or pairs (pairs.ts). */
import { PipelineError } from '../../../src/stage.ts';
import type { TableParams } from '../parameters.ts';
import type { Files, FilesBySplit } from '../schema-parts.ts';
import {
  createNamedTables,
  resolveNames,
  stageCandidates,
  stageDocuments,
  stageQrels,
  stageQueries,
  type TableOptions,
} from '../tables/relational.ts';
import { encodingOf } from '../tables/scan.ts';
import type { Source, Workspace } from '../workspace.ts';
import { readPairs } from './pairs.ts';

export async function readTables(work: Workspace, params: TableParams): Promise<void> {
  const options: TableOptions = { encoding: params.format, header: params.header };
  if (params.pairs) {
    await readPairs(work, params.pairs, await tableFiles(work, params, 'pairs', params.pairs), options);
    return;
  }
  const { documents, queries, qrels, candidates } = params;
  if (!documents) throw new Error('the schema wants documents or pairs');
  const files = {
    documents: await tableFiles(work, params, 'documents', documents),
    queries: queries ? await tableFiles(work, params, 'queries', queries) : [],
    qrels: qrels ? await tableFiles(work, params, 'qrels', qrels) : [],
    candidates: candidates ? await tableFiles(work, params, 'candidates', candidates) : [],
  };
  await createNamedTables(work);
  for (const source of files.documents) await stageDocuments(work, source, options, documents);
  for (const source of files.queries) await stageQueries(work, source, options, queries!);
  for (const source of files.qrels) await stageQrels(work, source, options, qrels!);
  for (const source of files.candidates) await stageCandidates(work, source, options, candidates!);
  await resolveNames(work);
}

/** The files of a table, from `files` or `splits`; all of them must have the given `format`. */
async function tableFiles(
  work: Workspace,
  params: TableParams,
  table: string,
  given: { readonly files?: Files; readonly splits?: FilesBySplit },
): Promise<Source[]> {
  if ((given.files === undefined) === (given.splits === undefined)) {
    throw new PipelineError('E_INPUT', `${table} needs either 'files' or 'splits'`);
  }
  const found =
    given.splits === undefined ? await work.add(given.files!) : await work.addSplits(given.splits);
  for (const { label } of found) {
    const encoding = encodingOf(label);
    if (encoding === undefined || encoding === params.format) continue;
    throw new PipelineError('E_INPUT', `${label} is not a ${params.format} file`, {
      hint: `Write \`format: ${encoding}\`, or \`format: sql\` to mix formats in one stage.`,
    });
  }
  return found;
}
