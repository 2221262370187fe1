/** The trained model of a source, with what its report and its embeddings say about it. */
import { PipelineError } from '../base/diagnostic.ts';
import { isObject } from '../base/json.ts';
import type { ModelFacts, ReportFacts } from '../interchange/facts.ts';
import { knownStage } from '../plan/select.ts';
import type { Artifact } from '../store/store.ts';
import type { Source, SourceStage } from './sources/source.ts';

export interface ModelToExport {
  readonly artifact: Artifact;
  readonly facts: ModelFacts;
}

/** `wanted`: the stage that made it. Rejects with `E_USAGE` if that is needed and not given, or is no model. */
export async function modelToExport(source: Source, wanted?: string): Promise<ModelToExport> {
  const { name, stages } = source;
  const stage = chosen(source, wanted);
  const embeddings = [...stages].filter(
    ([, { type, inputs }]) => type === 'embeddings' && inputs['model']?.includes(stage) === true,
  );
  const [embedStage, embedded] = embeddings.at(-1) ?? [];
  const facts: ModelFacts = {
    name,
    stage,
    report: embedStage === undefined ? undefined : await reportOf(stages, embedStage),
    unknown: embedded && (await unknownOf(embedded)),
    isHybrid: embedded !== undefined && hasLexicalPart(embedded),
  };
  return { artifact: await stages.get(stage)!.artifact(), facts };
}

function chosen({ stages }: Source, wanted: string | undefined): string {
  const models = [...stages].filter(([, { type }]) => type === 'model').map(([name]) => name);
  if (wanted === undefined) {
    if (models.length === 1) return models[0]!;
    throw models.length === 0
      ? new PipelineError('E_USAGE', 'there is no trained model', { hint: 'Add a stage with `uses: train`.' })
      : new PipelineError('E_USAGE', `there are ${models.length} models: ${models.join(', ')}`, {
          hint: 'Choose one with --stage.',
        });
  }
  const stage = knownStage([...stages.keys()], wanted);
  if (models.includes(stage)) return stage;
  throw new PipelineError('E_USAGE', `the result of '${stage}' is no model`, {
    hint: models.length === 0 ? 'Add a stage with `uses: train`.' : `Choose one of ${models.join(', ')}.`,
  });
}

function hasLexicalPart({ parameters: { lexical } }: SourceStage): boolean {
  return isObject(lexical) && Number(lexical['dimensions'] ?? 0) > 0;
}

async function unknownOf(embedded: SourceStage): Promise<ModelFacts['unknown']> {
  if (!embedded.isThere) return undefined;
  const { metrics } = (await embedded.artifact()).manifest;
  const { 'documents.oov': documents, 'queries.oov': queries } = metrics;
  return typeof documents === 'number' && typeof queries === 'number' ? { documents, queries } : undefined;
}

/** Measures of the model and of BM25, without intervals and tests. */
const MEASURE = /^(bm25\/)?((?:candidates\/)?(?:mrr|ndcg|map|recall|hit|p)(?:@\d+)?)$/;

async function reportOf(stages: Source['stages'], embeddings: string): Promise<ReportFacts | undefined> {
  const report = [...stages.values()].findLast(
    ({ type, inputs, isThere }) =>
      isThere && type === 'report' && inputs['embeddings']?.includes(embeddings) === true,
  );
  if (!report) return undefined;
  const { metrics } = (await report.artifact()).manifest;
  const [measures, bm25]: Record<string, number>[] = [{}, {}];
  for (const [name, value] of Object.entries(metrics)) {
    const [, system, measure] = MEASURE.exec(name) ?? [];
    if (measure !== undefined && typeof value === 'number')
      (system === undefined ? measures! : bm25!)[measure] = value;
  }
  const { queries } = metrics;
  const { split } = report.parameters;
  return {
    split: typeof split === 'string' ? split : 'test',
    measures: measures!,
    bm25: bm25!,
    queries: typeof queries === 'number' ? queries : undefined,
  };
}
