import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { NO_NOTES } from '../../../src/history/notes.ts';
import { runView } from '../../../src/page/data/run-view.ts';
import { shownRecord, type ShownRun, type ShownStage } from '../../../src/page/data/shown-run.ts';
import { corpusOf } from '../../../src/page/data/corpus-of.ts';
import type { Manifest } from '../../../src/store/manifest.ts';
import { localStore } from '../../../src/store/local/local-store.ts';
import { temporaryFolder } from '../../helpers/run-kind.ts';
import { emptyStore, runRecord, stageRecord } from '../../history/records.ts';

const PRODUCER = {
  version: '0',
  node: 'v20',
  platform: 'p',
  threads: 1,
  started: '2026-01-31T00:00:00Z',
  seconds: 4,
  peakMemoryBytes: 9,
};

/** A stage whose artifact is a folder with these files. */
function stage(
  name: string,
  type: string,
  files: Readonly<Record<string, string>>,
  more: Partial<ShownStage> = {},
): ShownStage {
  const folder = join(temporaryFolder(), name);
  mkdirSync(folder);
  for (const [file, content] of Object.entries(files)) writeFileSync(join(folder, file), content);
  const manifest = {
    type,
    files: [],
    metrics: {},
    producer: PRODUCER,
    keyDocument: { engine: null, libraries: {} },
  };
  return {
    name,
    kind: 'any',
    state: 'cached',
    inputs: {},
    parameters: {},
    code: null,
    key: 'k'.repeat(64) as never,
    digest: 'd',
    headline: null,
    metrics: {},
    seconds: null,
    manifest: manifest as unknown as Manifest,
    fetch: () => Promise.resolve({ path: folder, manifest: manifest as unknown as Manifest }),
    ...more,
  };
}

async function shown(...stages: ShownStage[]): Promise<ShownRun> {
  const layout = emptyStore();
  return { ...(await shownRecord(runRecord(0), NO_NOTES, localStore(layout))), stages };
}

describe('the view of a run', () => {
  it('has the figures of a report with intervals and tests', async () => {
    const metrics = {
      label: 'model',
      split: 'test',
      queries: 2,
      documents: 9,
      bootstrap: { samples: 1000, confidence: 0.95 },
      permutations: 10_000,
      systems: {
        model: { corpus: { 'mrr@10': 0.5 }, intervals: { corpus: { 'mrr@10': [0.4, 0.6] } } },
        random: { corpus: { 'mrr@10': 0.1 } },
      },
      comparisons: [
        {
          rival: 'bm25',
          queries: 2,
          won: 1,
          lost: 0,
          tied: 1,
          corpus: { 'mrr@10': { difference: 0.1, p_value: 0.5 } },
        },
      ],
      fused_comparisons: [{ rival: 'model', queries: 2, won: 0, lost: 0, tied: 2, corpus: {} }],
      query_types: [{ type: 'what', queries: 2, systems: { model: { corpus: { 'mrr@10': 0.5 } } } }],
      fusion: {
        fusion: { method: 'convex', weight: 0.7 },
        normalisation: 'min-max',
        bm25: { k1: 0, b: 0, idf_power: 2 },
        chosen: { split: 'validation' },
      },
    };
    const { reports } = await runView(
      await shown(stage('report', 'report', { 'metrics.json': JSON.stringify(metrics) })),
    );
    expect(reports).toHaveLength(1);
    expect(reports[0]).toMatchObject({
      stage: 'report',
      primary: 'mrr@10',
      confidence: 0.95,
      systems: [
        { name: 'model', corpus: { 'mrr@10': { mean: 0.5, interval: [0.4, 0.6] } } },
        { name: 'random', corpus: { 'mrr@10': { mean: 0.1, interval: null } } },
      ],
      comparisons: [
        {
          system: 'model',
          rival: 'bm25',
          won: 1,
          corpus: { 'mrr@10': { difference: 0.1, interval: null, p: 0.5 } },
        },
      ],
      types: [{ type: 'what', systems: { model: { 'mrr@10': 0.5 } } }],
      fusion:
        'Fused: convex combination of the model and BM25 (weight 0.7, scores normalised by min-max, ' +
        'words scored by squared idf), chosen on validation.',
      hasQueries: false,
    });
  });

  it('has the learning curve of a model and the hardness of negatives', async () => {
    const lines = [
      { epoch: 1, step: 10, loss: 2.5, learning_rate: 0.1, validation: { 'mrr@10': 0.2 } },
      { epoch: 2, step: 20, loss: null, learning_rate: 0.05, validation: null },
    ];
    const mining = {
      triplets: 3,
      negatives_per_triplet: 2,
      sources: [{ name: 'random', negatives: 6, share: 1 }],
    };
    const { curves, minings } = await runView(
      await shown(
        stage(
          'model',
          'model',
          { 'history.jsonl': lines.map((line) => `${JSON.stringify(line)}\n`).join('') },
          {
            metrics: { best_step: 10, ended_by: 'patience' },
          },
        ),
        stage('imported', 'model', {}),
        stage('triplets', 'triplets', { 'mining.json': JSON.stringify(mining) }),
      ),
    );
    expect(curves).toHaveLength(1);
    expect(curves[0]).toMatchObject({ bestStep: 10, endedBy: 'patience', measures: ['mrr@10'] });
    expect(curves[0]!.points.map(({ step, loss, validation }) => [step, loss, validation])).toEqual([
      [10, 2.5, { 'mrr@10': 0.2 }],
      [20, null, {}],
    ]);
    expect(minings[0]).toMatchObject({
      triplets: 3,
      weakTriplets: 0,
      sources: [{ name: 'random', ranks: null, scores: null }],
    });
  });

  it('says which files cannot be read, and shows the rest', async () => {
    const { notes, reports, stages } = await runView(
      await shown(
        stage('torn', 'report', { 'metrics.json': '{"systems"' }),
        stage('other', 'report', { 'metrics.json': '{"accuracy": 1}' }),
      ),
    );
    expect(notes.join()).toMatch(/The files of stage torn cannot be read: /);
    expect(reports).toEqual([]);
    expect(stages.map(({ name }) => name)).toEqual(['torn', 'other']);
  });

  it('of a record without artifacts has what the record says', async () => {
    const layout = emptyStore();
    const record = runRecord(0, {
      outcome: 'failed',
      stages: {
        model: stageRecord({ headline: 'loss 0.1', metrics: { loss: 0.1 } }),
        index: stageRecord({
          kind: 'index',
          state: 'failed',
          key: null,
          digest: null,
          error: 'broken',
          output: ['a', 'b'],
        }),
      },
    });
    const view = await runView(
      await shownRecord(record, { tags: ['best'], note: 'a note' }, localStore(layout)),
    );
    expect(view.tags).toEqual(['best']);
    expect(view.notes).toEqual([
      'The store no longer has the artifacts of model: only what the record says is shown.',
    ]);
    expect(
      view.stages.map(({ name, state, seconds, error, made }) => [name, state, seconds, error, made]),
    ).toEqual([
      ['model', 'executed', 2, null, null],
      ['index', 'failed', 2, 'broken', null],
    ]);
  });
});

it('the corpus of a stage is the nearest upstream', async () => {
  const corpus = stage('corpus', 'corpus', {});
  const made = stage('made', 'corpus', {}, { inputs: { corpus: ['corpus'] } });
  const tokens = stage('tokens', 'tokens', {}, { inputs: { corpus: ['made'] } });
  const embed = stage('embed', 'embeddings', {}, { inputs: { tokens: ['tokens'], model: ['gone'] } });
  const run = await shown(corpus, made, tokens, embed);
  expect(corpusOf(run, embed)?.name).toBe('made');
  expect(corpusOf(run, made)?.name).toBe('made');
  expect(corpusOf(run, stage('alone', 'embeddings', {}))).toBeUndefined();
});
