/** Reads the report of another evaluate stage: a rival to test against, or the same model with another seed. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readPerQuery, type PerQuery } from '../../../src/formats/per-query.ts';
import { trecName } from '../../../src/formats/trec.ts';
import { PipelineError, type InputArtifact } from '../../../src/stage.ts';
import { CANDIDATE_MEASURES, type Measure } from '../scoring/measures.ts';
import type { EvaluatedQuery } from '../scoring/queries.ts';
import type { QueryScores } from '../scoring/scores.ts';
import type { RivalScores } from './comparison.ts';
import type { Figures } from './figures.ts';

/** The part of metrics.json that is read. */
interface OtherSummary {
  readonly label: string;
  readonly split: string;
  readonly queries: number;
  readonly systems: { readonly model: { readonly corpus: Figures; readonly candidates?: Figures } };
}

export interface Rival {
  readonly label: string;
  readonly scores: RivalScores;
}

/** The model of the other report on our queries, matched by name. Throws `E_INPUT` if no query is in both. */
export function readRival(
  report: InputArtifact,
  queries: readonly EvaluatedQuery[],
  measures: readonly Measure[],
): Rival {
  const theirs = readPerQuery(report.path);
  const position = new Map(theirs?.queries.map((query, index) => [query, index]));
  const scores = queries.map(({ name }) => {
    const index = position.get(trecName(name));
    return theirs && index !== undefined ? queryScores(theirs, index, measures) : undefined;
  });
  if (scores.every((score) => score === undefined))
    throw new PipelineError('E_INPUT', `the report '${report.stage}' has no query in common with this one`, {
      hint: 'Both must evaluate the same split of the same corpus.',
    });
  return { label: readSummary(report.path).label, scores };
}

/** NaN for measures that the other report does not have. */
function queryScores(
  { measures: columns, ranks }: PerQuery,
  index: number,
  measures: readonly Measure[],
): QueryScores {
  const rank = (name: string): number | undefined => {
    const value = ranks.get(`model/${name}`)?.[index];
    return Number.isNaN(value) ? undefined : value;
  };
  const value = (name: string): number => columns.get(`model/${name}`)?.[index] ?? NaN;
  const within = rank('candidates/rank');
  return {
    rank: rank('rank'),
    best: undefined,
    corpus: measures.map(({ name }) => value(name)),
    candidates:
      within === undefined
        ? undefined
        : { rank: within, values: CANDIDATE_MEASURES.map(({ name }) => value(`candidates/${name}`)) },
  };
}

const readSummary = (folder: string): OtherSummary =>
  JSON.parse(readFileSync(join(folder, 'metrics.json'), 'utf8')) as OtherSummary;

/** Figures of the same model with another seed. Throws `E_INPUT` if they are not of the same queries. */
export function readSeed(report: InputArtifact, split: string, queries: number): Figures {
  const summary = readSummary(report.path);
  if (summary.split !== split || summary.queries !== queries)
    throw new PipelineError(
      'E_INPUT',
      `the report '${report.stage}' evaluates ${summary.queries} queries of '${summary.split}', this one ${queries} of '${split}'`,
      { hint: 'Reports of other seeds must evaluate the same queries.' },
    );
  const { corpus, candidates = {} } = summary.systems.model;
  return flat(corpus, candidates);
}

/** The figures of both scopes in one record. */
export function flat(corpus: Figures, candidates: Figures = {}): Figures {
  const within = Object.entries(candidates).map(([name, value]) => [`candidates/${name}`, value] as const);
  return { ...corpus, ...Object.fromEntries(within) };
}
