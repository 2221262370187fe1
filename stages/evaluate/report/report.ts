/** Writes report.md: the measures as tables, and example queries. It computes no measure; see summary/. */
import type { DocumentText } from '../../../src/formats/corpus.ts';
import { EXACT_UP_TO } from '../../../src/retrieval/significance.ts';
import { verdict } from '../summary/comparison.ts';
import type { Scores } from '../scoring/scores.ts';
import type { SystemFigures } from '../summary/figures.ts';
import { measureTitle, primaryMeasure, type Summary } from '../summary/summary.ts';
import { examplesSection } from './examples-section.ts';
import type { Examples } from './examples.ts';
import { fusionSection } from './fusion-section.ts';
import { comparisonSection, type Title } from './comparison-section.ts';
import { pText, plain, signed, spanText, table } from './markdown.ts';

export interface ReportParts {
  readonly summary: Summary;
  readonly scores: Scores;
  /** Absent without BM25. */
  readonly examples: Examples | undefined;
  readonly texts: ReadonlyMap<number, DocumentText>;
}

type Scope = 'corpus' | 'candidates';

const SYSTEMS: Readonly<Record<string, string>> = {
  bm25: 'BM25',
  fused: 'fused with BM25',
  mean: 'mean of word vectors',
  random: 'random (expected)',
};

export function reportMarkdown({ summary, scores, examples, texts }: ReportParts): string {
  const title = (system: string): string =>
    SYSTEMS[system] ?? plain(system === 'model' ? summary.label : system);
  const sections = [
    `# Retrieval on the split \`${summary.split}\``,
    leadingSentence(summary, title),
    overview(summary),
    '## Over the whole corpus',
    figuresTable(summary, 'corpus', title),
    ...candidatesSection(summary, title),
    ...fusionSection(summary),
    ...comparisonSection(title, plain(summary.label), summary.comparisons),
    ...comparisonSection(title, 'Fused', summary.fused_comparisons ?? []),
    ...typesSection(summary, title),
    ...seedsSection(summary),
    ...ranksSection(summary, scores, title),
    ...(examples
      ? examplesSection(
          examples,
          summary.comparisons.find(({ rival }) => rival === 'bm25'),
          texts,
        )
      : []),
    '## Files',
    FILES,
  ];
  return `${sections.join('\n\n')}\n`;
}

const FILES =
  '`metrics.json` contains all measures, `per_query.tsv` those of each query, `runs/` the run files and `qrels.trec` ' +
  'the relevance judgements for trec_eval: `trec_eval -c -m ndcg_cut.10 -m map qrels.trec runs/model.trec`. ' +
  'docs/EVALUATION.md defines every measure.';

/** The main result: the primary measure, and its differences to the rivals. */
function leadingSentence(summary: Summary, title: Title): string {
  const measure = primaryMeasure(summary);
  const [model] = summary.systems;
  const value = `**${measureTitle(measure)} ${model!.corpus[measure]!.toFixed(3)}**`;
  const against = summary.comparisons.map(({ rival, corpus }) => {
    const found = corpus[measure];
    if (!found) return undefined;
    const { difference, p_value: p } = found;
    const sure = p === undefined ? '' : `, ${pText(p)}, ${verdict(found)}`;
    return `${signed(difference, 3)} against ${title(rival)}${sure}`;
  });
  return [`${value}${intervalText(model, measure)}`, ...against.filter((text) => text !== undefined)]
    .join('; ')
    .concat('.');
}

function intervalText(system: SystemFigures | undefined, measure: string): string {
  const interval = system?.intervals?.corpus[measure];
  return interval ? ` [${spanText(interval)}]` : '';
}

function overview(summary: Summary): string {
  const left =
    summary.queries_without_relevant === 0
      ? 'every query has a relevant document'
      : `${summary.queries_without_relevant} more without a relevant document are left out`;
  const own = summary.queries_without_own_document;
  const ignored =
    own === undefined
      ? ''
      : ` ${own} queries are documents of the corpus by the same id: their own document is left out of all rankings.`;
  const { samples, confidence } = summary.bootstrap;
  const intervals =
    samples === 0
      ? ''
      : ` Confidence intervals: ${Math.round(100 * confidence)} %, ${samples} bootstrap samples of the queries.`;
  const tests =
    summary.permutations === 0
      ? ''
      : ` Tests: paired randomisation, two-sided, ${summary.permutations} permutations, or every sign pattern if at most ${EXACT_UP_TO} queries differ.`;
  return (
    `${summary.queries} queries (${left}), ${summary.documents} documents, ranked lists of ${summary.depth}. ` +
    `Means over queries; nDCG with linear gain.${ignored}${intervals}${tests}`
  );
}

/** One row per system; the confidence interval of the first measure is next to it. */
function figuresTable({ systems }: Summary, scope: Scope, title: Title): string {
  const names = Object.keys(systems[0]![scope] ?? {});
  const withIntervals = systems[0]!.intervals !== undefined;
  const header = names.flatMap((name, i) => [
    measureTitle(name),
    ...(i === 0 && withIntervals ? ['interval'] : []),
  ]);
  const rows = systems.map((system) => {
    const figures = system[scope] ?? {};
    const interval = system.intervals?.[scope]?.[names[0]!];
    const cells = names.map((name) => figures[name]?.toFixed(4) ?? '');
    if (withIntervals) cells.splice(1, 0, interval ? spanText(interval) : '');
    return [title(system.name), ...cells];
  });
  return table(['', ...header], rows);
}

function candidatesSection(summary: Summary, title: Title): string[] {
  if (!summary.candidate_pools) return [];
  const figures = summary.queries_with_candidates > 0 ? [figuresTable(summary, 'candidates', title)] : [];
  return ['## Within the candidates', poolsText(summary, summary.candidate_pools), ...figures];
}

/** How many pools the figures are means over, and what became of the others. */
function poolsText(
  { queries_with_candidates: evaluated }: Summary,
  {
    evaluated: chosen,
    pools,
    without_relevant: noRelevant,
    without_irrelevant: noIrrelevant,
  }: NonNullable<Summary['candidate_pools']>,
): string {
  const perfect = chosen === 'mixed' ? 'left out' : 'evaluated, though every order of them is perfect';
  return (
    `Means over ${evaluated} of ${pools} candidate pools. Without a relevant candidate: ${noRelevant} (left out). ` +
    `Without an irrelevant candidate: ${noIrrelevant} (${perfect}).`
  );
}

const MOST_TYPES = 30;

function typesSection(summary: Summary, title: Title): string[] {
  const types = summary.query_types.slice(0, MOST_TYPES);
  if (types.length === 0) return [];
  const measure = primaryMeasure(summary);
  const rows = types.map(({ type, queries, systems }) => [
    type === null ? '(none)' : plain(type),
    String(queries),
    ...systems.map(({ corpus }) => corpus[measure]!.toFixed(4)),
  ]);
  const names = types[0]!.systems.map(({ name }) => title(name));
  const more = summary.query_types.length - types.length;
  return [
    '## By query type',
    `${measureTitle(measure)}; every measure is in metrics.json${more > 0 ? `, with ${more} rarer types` : ''}.`,
    table(['type', 'queries', ...names], rows),
  ];
}

function seedsSection({ seeds }: Summary): string[] {
  if (!seeds) return [];
  const rows = Object.entries(seeds.measures).map(([name, { mean, deviation, minimum, maximum }]) => [
    name.startsWith('candidates/')
      ? `${measureTitle(name.slice('candidates/'.length))} in candidates`
      : measureTitle(name),
    ...[mean, deviation, minimum, maximum].map((value) => value.toFixed(4)),
  ]);
  return [
    `## Over ${seeds.runs} seeds`,
    table(['', 'mean', 'standard deviation', 'minimum', 'maximum'], rows),
  ];
}

const RANK_ENDS = [1, 5, 10, 100, Infinity];

/** How many queries have their first relevant document in each range of ranks. */
function ranksSection({ queries, depth }: Summary, scores: Scores, title: Title): string[] {
  const bins = RANK_ENDS.map((end, i) => ({
    start: (RANK_ENDS[i - 1] ?? 0) + 1,
    end: Math.min(end, depth),
  })).filter(({ start, end }) => start <= end);
  const share = (count: number): string => `${count} (${((100 * count) / queries).toFixed(1)} %)`;
  const inBin = (system: string, start: number, end: number): number =>
    scores.get(system)!.filter(({ rank }) => rank !== undefined && rank >= start && rank <= end).length;
  const systems = [...scores.keys()];
  const rows = bins.map(({ start, end }) => [
    start === end ? String(start) : `${start} to ${end}`,
    ...systems.map((system) => share(inBin(system, start, end))),
  ]);
  const missing = systems.map((system) =>
    share(scores.get(system)!.filter(({ rank }) => rank === undefined).length),
  );
  return [
    '## Rank of the first relevant document',
    table(['rank', ...systems.map(title)], [...rows, ['not found', ...missing]]),
  ];
}
