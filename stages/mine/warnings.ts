/** What is doubtful about mined triplets. */
import type { StageWarning } from '../../src/stage.ts';
import type { MineParams } from './parameters.ts';
import type { MiningReport } from './report.ts';

export function miningWarnings(
  report: Pick<MiningReport, 'queries' | 'incomplete' | 'filled' | 'sources'>,
  params: Pick<MineParams, 'fill' | 'queries' | 'split'>,
): StageWarning[] {
  return [none(report, params), filled(report, params), incomplete(report, params)].filter(
    (warning) => warning !== undefined,
  );
}

function none(
  { queries }: Pick<MiningReport, 'queries'>,
  params: Pick<MineParams, 'queries' | 'split'>,
): StageWarning | undefined {
  if (queries > 0) return undefined;
  return {
    message: `the split '${params.split}' has no query for \`queries: ${params.queries}\`, so the set is empty`,
    cause: 'All queries of the split are of another kind, judged or not.',
    hint: 'Nothing, if the other sets of triplets are enough.',
    parameter: 'queries',
  };
}

function filled(
  { filled, sources }: Pick<MiningReport, 'filled' | 'sources'>,
  { fill }: Pick<MineParams, 'fill'>,
): StageWarning | undefined {
  if (filled.negatives === 0) return undefined;
  const all = sources.reduce((sum, { negatives }) => sum + negatives, 0);
  return {
    message: `${filled.negatives} of ${all} negatives are filled up, for ${filled.queries} ${filled.queries === 1 ? 'query' : 'queries'} whose sources have too few (\`fill: ${fill}\`)`,
    cause: 'The sources propose few documents for these queries, or the limits leave out most of them.',
    hint: 'Add a source to `negatives`, or write `fill: drop` to leave such triplets out.',
    parameter: 'fill',
  };
}

function incomplete(
  { incomplete: count }: Pick<MiningReport, 'incomplete'>,
  { fill }: Pick<MineParams, 'fill'>,
): StageWarning | undefined {
  if (count === 0) return undefined;
  return {
    message: `${count} triplets left out because their queries have too few usable negatives`,
    cause: 'The sources propose few documents for these queries, or the limits leave out most of them.',
    hint: `${fill === 'drop' ? 'Write `fill: random`' : 'Add a source to `negatives`'}, lower \`num_negatives\`, or relax the limits.`,
    parameter: fill === 'drop' ? 'fill' : 'negatives',
  };
}
