/**
 * Writes per_query.tsv, which other reports and `pipeline compare` read. Means over all queries are in metrics.json.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { trecName } from '../../../src/formats/trec.ts';
import type { Measure } from '../scoring/measures.ts';
import { CANDIDATE_MEASURES } from '../scoring/measures.ts';
import type { EvaluatedQuery } from '../scoring/queries.ts';
import type { QueryScores } from '../scoring/scores.ts';

/**
 * One line per query, named as in the run files; for each system the rank of the first relevant document (empty if it
 * is not in the list) and every measure, over the corpus and within the candidates.
 */
export function writePerQuery(
  output: string,
  queries: readonly EvaluatedQuery[],
  systems: ReadonlyMap<string, readonly QueryScores[]>,
  measures: readonly Measure[],
): void {
  const columns = ['rank', ...measures.map(({ name }) => name)];
  const within = ['rank', ...CANDIDATE_MEASURES.map(({ name }) => name)].map((name) => `candidates/${name}`);
  const header = ['query', 'relevant', 'candidates'];
  for (const system of systems.keys())
    header.push(...[...columns, ...within].map((column) => `${system}/${column}`));
  const lines = [header.join('\t')];
  for (const [i, query] of queries.entries()) {
    const fields: (string | number)[] = [trecName(query.name), query.relevant.size, query.candidates.length];
    for (const scores of systems.values()) fields.push(...fieldsOf(scores[i]!));
    lines.push(fields.join('\t'));
  }
  writeFileSync(join(output, 'per_query.tsv'), `${lines.join('\n')}\n`, { flag: 'wx' });
}

function fieldsOf({ rank, corpus, candidates }: QueryScores): (string | number)[] {
  const within = candidates
    ? [candidates.rank, ...candidates.values]
    : ['rank', ...CANDIDATE_MEASURES].map(() => '');
  return [rank ?? '', ...corpus, ...within];
}
