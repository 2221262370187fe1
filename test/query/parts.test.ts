import { describe, expect, it } from 'vitest';
import { writeFusion, type FusionConfig } from '../../src/formats/fusion.ts';
import { fusionText, UNTUNED } from '../../src/query/fusion.ts';
import { findParts } from '../../src/query/parts.ts';
import type { Source, SourceStage } from '../../src/query/sources/source.ts';
import { temporaryFolder } from '../helpers/run-kind.ts';
import { folderArtifact, fusionConfig } from './fixtures.ts';

type StageOptions = Partial<Pick<SourceStage, 'inputs' | 'parameters' | 'isThere'>>;

function stageOf(type: string, options: StageOptions = {}, path = temporaryFolder()): SourceStage {
  const artifact = (): Promise<ReturnType<typeof folderArtifact>> => Promise.resolve(folderArtifact(path));
  return { kind: type, type, inputs: {}, parameters: {}, isThere: true, artifact, ...options };
}

/** A report about these embeddings, with its fusion if it has one. */
function report(embeddings: string, fusion?: FusionConfig, options: StageOptions = {}): SourceStage {
  const folder = temporaryFolder();
  if (fusion) writeFusion(folder, fusion);
  return stageOf('report', { inputs: { embeddings: [embeddings] }, ...options }, folder);
}

function sourceWith(reports: Readonly<Record<string, SourceStage>>): Source {
  const tokens = { tokens: ['tokens'] };
  const stages = {
    corpus: stageOf('corpus'),
    tokens: stageOf('tokens', { inputs: { corpus: ['corpus'] } }),
    model: stageOf('model', { inputs: tokens }),
    other: stageOf('embeddings', { inputs: { model: ['model'], ...tokens } }),
    searched: stageOf('embeddings', { inputs: { model: ['model'], ...tokens } }),
    ...reports,
  };
  return { name: 'test', engine: null, stages: new Map(Object.entries(stages)) };
}

describe('the evaluation that a search follows', () => {
  it('is the last with a fusion of those about the embeddings that are searched', async () => {
    const { evaluation } = await findParts(
      sourceWith({
        first: report('searched', fusionConfig(0.2)),
        second: report('searched', fusionConfig(0.3)),
        unfused: report('searched'),
        elsewhere: report('other', fusionConfig(0.9)),
        unmade: report('searched', fusionConfig(0.8), { isThere: false }),
      }),
    );
    expect(evaluation!.fusion!.fusion.weight).toBe(0.3);
    expect(evaluation!.bm25).toEqual({ k1: 1.2, b: 0.75 });
  });

  it('gives the parameters of BM25 without a fusion too', async () => {
    const parameters = { bm25: { k1: 2, b: 0.5 } };
    const { evaluation } = await findParts(
      sourceWith({ only: report('searched', undefined, { parameters }) }),
    );
    expect(evaluation).toEqual({ fusion: undefined, bm25: { k1: 2, b: 0.5 } });
  });

  it('is none if only other embeddings were evaluated', async () => {
    const source = sourceWith({ elsewhere: report('other', fusionConfig(0.9)) });
    expect((await findParts(source)).evaluation).toBeUndefined();
    expect((await findParts(source, { from: 'other' })).evaluation).toBeDefined();
  });
});

it('a fusion says its method, weights and where they come from', () => {
  expect(fusionText(UNTUNED)).toBe('convex fusion, model 0.5 and BM25 0.5, not tuned');
  expect(fusionText(fusionConfig(0.6))).toBe(
    'convex fusion, model 0.6 and BM25 0.4, chosen on 1,411 queries of validation',
  );
  expect(fusionText(fusionConfig(0.6, { bm25: { k1: 0, b: 0, idf_power: 2 } }))).toBe(
    'convex fusion, model 0.6 and common words 0.4 (squared idf), chosen on 1,411 queries of validation',
  );
  const fusion = { method: 'rrf', weight: 0.9, k: 60 } as const;
  expect(fusionText(fusionConfig(0, { fusion, chosen: { by: 'spec' } }))).toBe(
    'reciprocal rank fusion with k = 60, model 0.9 and BM25 0.1, as evaluated',
  );
  const reason = 'there are no queries';
  const chosen = { by: 'default', split: 'validation', queries: 0, reason } as const;
  expect(fusionText(fusionConfig(0.5, { chosen }))).toMatch(/, not tuned$/);
});
