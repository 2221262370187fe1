/** Finds the model, tokens, corpus, embeddings, index and report of a source that belong together. */
import { PipelineError } from '../base/diagnostic.ts';
import { isObject } from '../base/json.ts';
import { readFusion, type FusionConfig } from '../formats/fusion.ts';
import { knownStage } from '../plan/select.ts';
import type { Bm25Parameters } from '../formats/word-scoring.ts';
import type { ArtifactType } from '../stage.ts';
import type { Artifact } from '../store/store.ts';
import type { Source, SourceStage } from './sources/source.ts';

export interface Parts {
  readonly corpus: Artifact;
  /** For BM25; absent where a source without embeddings or with foreign kinds has none. */
  readonly tokens: Artifact | undefined;
  /** What searches by vectors; absent where a spec has no embeddings. */
  readonly vectors: VectorParts | undefined;
  /** Undefined if there is no evaluation of these embeddings. */
  readonly evaluation: Evaluation | undefined;
}

export interface Evaluation {
  /** How it fused the embeddings with BM25; undefined if it did not. */
  readonly fusion: FusionConfig | undefined;
  readonly bm25: Bm25Parameters | undefined;
}

export interface VectorParts {
  readonly model: Artifact;
  readonly embeddings: Artifact;
  /** Without it, search is exact. */
  readonly index: Artifact | undefined;
}

export interface PartsOptions {
  /** Name of the stage to search in; by default the last index, else the last embeddings, else the last tokens. */
  readonly from?: string | undefined;
  /** Search the embeddings exactly although there is an index. */
  readonly exact?: boolean | undefined;
  /** Only what BM25 needs: embeddings need not be there. */
  readonly lexicalOnly?: boolean | undefined;
}

/** Rejects with `E_NOT_READY` where a result does not exist, `E_USAGE` where there is nothing to search. */
export async function findParts(
  { stages }: Source,
  { from, exact, lexicalOnly }: PartsOptions = {},
): Promise<Parts> {
  const last = (type: ArtifactType): string | undefined =>
    [...stages].filter(([, stage]) => stage.type === type).at(-1)?.[0];
  const start =
    from === undefined
      ? (last('index') ?? last('embeddings') ?? last('tokens'))
      : knownStage([...stages.keys()], from);
  if (start === undefined)
    throw new PipelineError('E_USAGE', 'there are neither embeddings nor tokens to search in', {
      hint: 'Add stages with `uses: tokenize`, `embed` and `index`.',
    });
  const feeding = (name: string, type: ArtifactType): string | undefined => upstream(stages, name, type);
  const required = (name: string, type: ArtifactType): string => {
    const found = feeding(name, type);
    if (found !== undefined) return found;
    throw new PipelineError('E_USAGE', `no stage that feeds '${name}' gives ${type}`);
  };
  const artifact = (name: string): Promise<Artifact> => stages.get(name)!.artifact();

  const embeddings = feeding(start, 'embeddings');
  const tokens = feeding(embeddings ?? start, 'tokens');
  const isIndex = stages.get(start)!.type === 'index';
  return {
    corpus: await artifact(required(tokens ?? start, 'corpus')),
    tokens: tokens === undefined ? undefined : await artifact(tokens),
    vectors:
      embeddings === undefined || lexicalOnly === true
        ? undefined
        : {
            model: await artifact(required(embeddings, 'model')),
            embeddings: await artifact(embeddings),
            index: isIndex && exact !== true ? await artifact(start) : undefined,
          },
    evaluation: embeddings === undefined ? undefined : await evaluationOf(stages, embeddings),
  };
}

type Stages = Source['stages'];

/**
 * The nearest stage of this type above `start`, itself included. A slot named after the type goes first: the corpus of
 * tokens is that in their slot `corpus`, not that behind their `vocabulary`.
 */
function upstream(stages: Stages, start: string, type: ArtifactType): string | undefined {
  for (const pending = [start], seen = new Set<string>(); pending.length > 0;) {
    const name = pending.shift()!;
    const stage = stages.get(name);
    if (!stage || seen.has(name)) continue;
    if (stage.type === type) return name;
    seen.add(name);
    const { [type]: named = [], ...others } = stage.inputs;
    pending.push(...named, ...Object.values(others).flat());
  }
  return undefined;
}

/** Of the evaluations of these embeddings that are there, the last one with a fusion, or the last one. */
async function evaluationOf(stages: Stages, embeddings: string): Promise<Evaluation | undefined> {
  const reports = [...stages.values()].filter(
    ({ type, inputs, isThere }) =>
      isThere && type === 'report' && inputs['embeddings']?.includes(embeddings) === true,
  );
  for (const report of reports.toReversed()) {
    const fusion = readFusion((await report.artifact()).path);
    if (fusion) return { fusion, bm25: bm25Of(report) ?? fusion.bm25 };
  }
  const last = reports.at(-1);
  return last && { fusion: undefined, bm25: bm25Of(last) };
}

function bm25Of({ parameters }: SourceStage): Bm25Parameters | undefined {
  const { bm25 } = parameters;
  if (!isObject(bm25)) return undefined;
  const { k1, b } = bm25;
  return typeof k1 === 'number' && typeof b === 'number' ? { k1, b } : undefined;
}
