/**
 * `split`: makes the splits test and validation out of one split. Queries that must stay together are a unit: nearly the
 * same questions, or the queries of a group. A unit's split depends on its words or its name and the seed alone, so that
 * it stays the same when data are added.
 */
import { random } from '../../../src/base/random.ts';
import { literal } from '../../../src/formats/duckdb.ts';
import { PipelineError } from '../../../src/stage.ts';
import type { IngestParams } from '../parameters.ts';
import type { Column } from '../schema-parts.ts';
import type { SplitParams } from './parameters.ts';
import type { Workspace } from '../workspace.ts';
import { compareQuestions, eachSimilarPair } from './questions.ts';

const TARGETS = ['test', 'validation'] as const;
const REST = 'train';
/** Queries without a judgement, where others have one. */
const UNJUDGED = 'unjudged';

/** The column of the queries that names their groups, for the readers of the formats. */
export function groupColumn({ split }: Pick<IngestParams, 'split'>): Column | undefined {
  return split?.group;
}

/** Whether a reader has to stage the groups of queries. */
export function dividesByGroup({ split }: Pick<IngestParams, 'split'>): boolean {
  return split !== undefined && (split.by ?? (split.group === undefined ? 'hash' : 'group')) === 'group';
}

/** What can be said before the data are read. */
export function checkSplit({ format, split }: IngestParams): void {
  if (split === undefined) return;
  const targets = TARGETS.filter((name) => split[name] !== undefined);
  if (targets.length === 0)
    throw refusal(
      '`split` names neither `test` nor `validation`',
      'Write `split: { test: 0.1, validation: 0.1 }`.',
    );
  const sum = targets.reduce((total, name) => total + split[name]!, 0);
  if (sum >= 1)
    throw refusal(
      `the fractions of \`split\` sum to ${Number(sum.toFixed(6))}, which leaves nothing to train on`,
      'Write fractions that sum to less than 1.',
    );
  if (split.by === 'hash' && split.group !== undefined)
    throw refusal('`split` is by hash, but names a group', 'Write `by: group`, or leave `group` out.');
  if (split.by === 'group' && split.group === undefined && format !== 'squad')
    throw refusal(
      '`split` is by group, but names no column',
      'Write `group: COLUMN`, a column of the queries.',
    );
}

const refusal = (message: string, hint: string): PipelineError =>
  new PipelineError('E_PARAMETER', message, { hint });

/** Fills the table `divided` with the new splits of queries; it stays empty without `split`. */
export async function divideQueries(work: Workspace): Promise<void> {
  await work.database.run('CREATE TABLE divided (seq UBIGINT, split VARCHAR)');
  const { split } = work.context.params;
  if (split === undefined) return;
  const source = await sourceSplit(work, split);
  const queries = await queriesOf(work, source);
  const units = dividesByGroup(work.context.params)
    ? await unitsByGroup(work, queries, split.seed)
    : unitsByWords(queries, split.seed);
  const divided = await work.database.appender('divided');
  for (const [i, { seq }] of queries.entries()) divided.row(seq, splitAt(units[i]!, split));
  await divided.close();
  await refuseEmptySplits(work, split);
}

/** The split that is divided: `train`, or the only one. */
async function sourceSplit(work: Workspace, split: SplitParams): Promise<string> {
  const rows = await work.database.rows(
    `SELECT DISTINCT split FROM staged_queries WHERE split <> ${literal(UNJUDGED)} ORDER BY split`,
  );
  const names = rows.map((row) => String(row['split']));
  if (names.length === 0)
    throw new PipelineError('E_INPUT', 'there are no queries for `split` to divide', {
      hint: 'Leave `split` out. A `synthesize` stage makes training queries from documents.',
    });
  if (names.length === 1) return names[0]!;
  if (!names.includes(REST))
    throw new PipelineError('E_INPUT', `\`split\` divides '${REST}', but the data has ${names.join(', ')}`, {
      hint: `Leave \`split\` out, or name the split to divide '${REST}'.`,
    });
  const taken = TARGETS.find((name) => split[name] !== undefined && names.includes(name));
  if (taken !== undefined)
    throw new PipelineError('E_INPUT', `\`split\` makes a split '${taken}', which the data already has`, {
      hint: `Remove \`${taken}\` from \`split\`.`,
    });
  return REST;
}

interface StagedQuery {
  readonly seq: bigint;
  readonly text: string;
}

async function queriesOf(work: Workspace, split: string): Promise<StagedQuery[]> {
  const rows = await work.database.rows(
    `SELECT seq, text FROM staged_queries WHERE split = ${literal(split)} ORDER BY seq`,
  );
  return rows.map((row) => ({ seq: row['seq'] as bigint, text: String(row['text']) }));
}

/** A number in [0, 1) for each query. */
type Numbers = readonly number[];

const numberOf = (name: string, seed: number): number => random(seed, `split ${name}`).uniform();

function unitsByWords(queries: readonly StagedQuery[], seed: number): Numbers {
  const { set, sets, names } = compareQuestions(queries.map(({ text }) => text));
  const units = unions(names.map((name) => numberOf(name, seed)));
  eachSimilarPair(sets, units.join);
  return Array.from(set, units.numberOf);
}

async function unitsByGroup(
  work: Workspace,
  queries: readonly StagedQuery[],
  seed: number,
): Promise<Numbers> {
  const rows = await work.database.rows(
    'SELECT DISTINCT query, name FROM staged_groups ORDER BY query, name',
  );
  const groups = new Map<string, number>();
  const first = new Map<bigint, number>();
  const pairs: [number, number][] = [];
  for (const row of rows) {
    const query = row['query'] as bigint;
    const name = String(row['name']);
    const group = groups.get(name) ?? groups.size;
    groups.set(name, group);
    // A query of several groups joins them.
    const known = first.get(query);
    if (known === undefined) first.set(query, group);
    else pairs.push([known, group]);
  }
  const units = unions([...groups.keys()].map((name) => numberOf(name, seed)));
  for (const [left, right] of pairs) units.join(left, right);
  return queries.map(({ seq }) => units.numberOf(first.get(seq)!));
}

interface Unions {
  readonly join: (left: number, right: number) => void;
  /** The smallest number among those of the union. */
  readonly numberOf: (item: number) => number;
}

/** Union–find; the item with the smallest number represents its union. */
function unions(numbers: readonly number[]): Unions {
  const parents = Uint32Array.from(numbers.keys());
  const rootOf = (item: number): number => {
    let at = item;
    while (parents[at] !== at) {
      parents[at] = parents[parents[at]!]!;
      at = parents[at]!;
    }
    return at;
  };
  return {
    join: (left, right) => {
      const [a, b] = [rootOf(left), rootOf(right)];
      if (numbers[a]! <= numbers[b]!) parents[b] = a;
      else parents[a] = b;
    },
    numberOf: (item) => numbers[rootOf(item)]!,
  };
}

function splitAt(place: number, split: SplitParams): string {
  let end = 0;
  for (const name of TARGETS) {
    end += split[name] ?? 0;
    if (place < end) return name;
  }
  return REST;
}

async function refuseEmptySplits(work: Workspace, split: SplitParams): Promise<void> {
  const rows = await work.database.rows(`
    SELECT split, count(*) AS n FROM divided
    WHERE seq IN (SELECT query FROM staged_qrels WHERE relevance > 0) GROUP BY split`);
  const counts = new Map(rows.map((row) => [String(row['split']), Number(row['n'])]));
  const all = [...counts.values()].reduce((sum, n) => sum + n, 0);
  const empty = [...TARGETS.filter((name) => split[name] !== undefined), REST].find(
    (name) => !counts.has(name),
  );
  if (empty === undefined) return;
  throw new PipelineError(
    'E_INPUT',
    `the split '${empty}' would have no query with a relevant document; there are ${all} to divide`,
    {
      hint: dividesByGroup(work.context.params)
        ? 'There are too few groups. Choose another column, another `seed` or other fractions, or divide by hash.'
        : 'There are too few queries. Choose another `seed` or other fractions.',
    },
  );
}
