/** The names of the metrics of a report, for kind.ts: `[system/][candidates/]measure`, as summary/ gives them. */
const SYSTEMS = ['', '{baselines}/', 'fused/', '{rivals.name}/'];
const CORPUS = [
  'mrr@{cutoffs.mrr}',
  'ndcg@{cutoffs.ndcg}',
  'map',
  'recall@{cutoffs.recall}',
  'hit@{cutoffs.hit}',
];
const CANDIDATES = ['candidates/mrr', 'candidates/map', 'candidates/p@1', 'candidates/ndcg@10'];

export const METRIC_NAMES = [
  'queries',
  'candidates/pools',
  'candidates/pools_without_relevant',
  'candidates/pools_without_irrelevant',
  ...SYSTEMS.flatMap((system) => [...CORPUS, ...CANDIDATES].map((measure) => `${system}${measure}`)),
  ...SYSTEMS.flatMap((system) =>
    CORPUS.flatMap((measure) => [`${system}${measure}_low`, `${system}${measure}_high`]),
  ),
  ...CORPUS.flatMap((measure) => [`${measure}_mean`, `${measure}_sd`]),
  '*/p_value',
  '*/difference',
  'fused/weight',
  'ann/*',
  '*p50_ms',
  '*p95_ms',
  '*p99_ms',
];
