import { expect, it } from 'vitest';
import { tinyCorpus } from '../helpers/tiny-corpus.ts';
import { tinyTraining } from '../helpers/tiny-training.ts';
import { makeRig, type Event, type Rig } from '../helpers/rig.ts';

const SPEC = `${tinyTraining({ epochs: 1 })}  embeddings: { uses: embed, inputs: { model: model, tokens: tokens } }
  report: { uses: evaluate, inputs: { corpus: corpus, tokens: tokens, embeddings: embeddings }, with: { split: validation } }
`;

it('a sweep over the training makes everything before it once', async () => {
  const rig = makeRig();
  rig.write({ ...tinyCorpus(), 's.yaml': SPEC });
  const { code, stdout, stderr } = await rig.pipeline(
    ...['sweep', 's.yaml', '--json', '--jobs', '2', '--metric', 'report.mrr@10'],
    ...['--set', 'model.loss.margin=0.1,0.3', '--set', 'model.encoder.cell=gru,lstm'],
  );
  expect([code, stderr]).toEqual([0, '']);
  const events = stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Event);
  const kinds = events.filter(({ type }) => type === 'stage-finished').map((event) => String(event['kind']));
  const counts = Object.fromEntries(
    [...new Set(kinds)].map((kind) => [kind, kinds.filter((one) => one === kind).length]),
  );
  expect(counts).toEqual({ ingest: 1, tokenize: 1, word2vec: 1, mine: 1, train: 4, embed: 4, evaluate: 4 });
  const ranking = events.at(-1)!['ranking'] as { metric: number | null }[];
  expect(ranking).toHaveLength(4);
  for (const { metric } of ranking) expect(metric).toSatisfy((value: number) => value > 0 && value <= 1);
});

it('the table of a sweep agrees with the reports that it is made of', async () => {
  const rig = makeRig();
  rig.write({ ...tinyCorpus(), 's.yaml': SPEC });
  const { code, stdout, stderr } = await rig.pipeline(
    ...[
      'sweep',
      's.yaml',
      '--json',
      '--jobs',
      '2',
      '--metric',
      'report.mrr@10',
      '--repeat',
      'model.seed=1,2',
    ],
    ...['--set', 'model.encoder.cell=none,gru', '--baseline', 'cell=none', '--columns', 'report.recall@5'],
  );
  expect([code, stderr]).toEqual([0, '']);
  const events = stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Event);
  const planned = events.find(({ type }) => type === 'sweep-planned')!['configurations'] as {
    configuration: string;
    stages: Record<string, string>;
  }[];
  const reports = (name: string): Report[] =>
    planned
      .filter(({ configuration }) => configuration === name)
      .map(({ stages }) => readReport(rig, events, stages['report']!));
  const ranking = events.at(-1)!['ranking'] as Row[];
  expect(ranking.map(({ configuration }) => configuration).sort()).toEqual(['cell=gru', 'cell=none']);
  const baseline = reports('cell=none');
  for (const row of ranking) {
    const [first, second] = reports(row.configuration);
    const [a, b] = [first!.metrics['mrr@10']!, second!.metrics['mrr@10']!];
    expect(row.metric).toBeCloseTo((a + b) / 2, 12);
    expect(row.deviation).toBeCloseTo(Math.abs(a - b) / Math.SQRT2, 12);
    expect(row.queries).toBe(10);
    expect(row.interval[0]).toBeLessThanOrEqual(row.metric);
    expect(row.interval[1]).toBeGreaterThanOrEqual(row.metric);
    const recall = [first, second].map((one) => one!.metrics['recall@5']!);
    expect(row.columns['report.recall@5']).toMatchObject({ values: recall });
    if (row.configuration === 'cell=none') expect([row.difference, row.p]).toEqual([null, null]);
    else {
      const other = (baseline[0]!.metrics['mrr@10']! + baseline[1]!.metrics['mrr@10']!) / 2;
      expect(row.difference).toBeCloseTo(row.metric - other, 12);
      expect(row.p).toBeCloseTo(exactP(queryMeans([first!, second!]), queryMeans(baseline)), 12);
    }
  }
  // A training alone has the interval of its own report.
  const alone = await rig.pipeline(
    ...['sweep', 's.yaml', '--json', '--metric', 'report.mrr@10', '--repeat', 'model.seed=1'],
    ...['--set', 'model.encoder.cell=gru'],
  );
  const [row] = (JSON.parse(alone.stdout.trim().split('\n').at(-1)!) as { ranking: Row[] }).ranking;
  const { metrics } = reports('cell=gru')[0]!;
  expect(row!.interval).toEqual([metrics['mrr@10_low'], metrics['mrr@10_high']]);
});

interface Row {
  readonly configuration: string;
  readonly metric: number;
  readonly deviation: number;
  readonly queries: number;
  readonly interval: readonly [number, number];
  readonly difference: number | null;
  readonly p: number | null;
  readonly columns: Readonly<Record<string, { readonly values: readonly number[] }>>;
}

interface Report {
  readonly metrics: Readonly<Record<string, number>>;
  /** By query: reciprocal rank, from its lines in per_query.tsv. */
  readonly scores: readonly number[];
}

function readReport(rig: Rig, events: readonly Event[], stage: string): Report {
  const finished = events.find((event) => event.type === 'stage-finished' && event.stage === stage)!;
  const key = finished['key'] as string;
  const folder = `artifacts/evaluate/${key}`;
  const [header, ...lines] = rig.read(`${folder}/per_query.tsv`).trimEnd().split('\n');
  const column = header!.split('\t').indexOf('model/mrr@10');
  const { metrics } = JSON.parse(rig.read(`${folder}/manifest.json`)) as Pick<Report, 'metrics'>;
  return { metrics, scores: lines.map((line) => Number(line.split('\t')[column])) };
}

const queryMeans = ([a, b]: readonly Report[]): number[] =>
  a!.scores.map((one, i) => (one + b!.scores[i]!) / 2);

/** All 2¹⁰ sign patterns of ten queries. */
function exactP(a: readonly number[], b: readonly number[]): number {
  const differences = a.map((one, i) => one - b[i]!);
  const sumOf = (pattern: number): number =>
    Math.abs(differences.reduce((sum, each, i) => sum + ((pattern >> i) & 1 ? -each : each), 0));
  const patterns = Array.from({ length: 2 ** differences.length }, (_, pattern) => sumOf(pattern));
  return patterns.filter((sum) => sum >= sumOf(0) - 1e-9).length / patterns.length;
}
