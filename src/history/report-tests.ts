/** Significance tests between the reports of two runs, over their per-query scores. */
import type { Key } from '../base/hash.ts';
import { mean } from '../base/statistics.ts';
import { readPerQuery, type PerQuery } from '../formats/per-query.ts';
import { pairedTest, type PairedTest } from '../retrieval/significance.ts';
import type { Store } from '../store/store.ts';
import type { RunRecord } from './record.ts';

export interface MeasureTest extends PairedTest {
  /** `model/mrr@10` */
  readonly measure: string;
  readonly means: readonly [first: number, second: number];
}

export interface ReportTest {
  readonly stage: string;
  /** The run that is compared with the first one. */
  readonly run: string;
  /** Queries that only one of the two reports has. */
  readonly unmatched: number;
  readonly tests: readonly MeasureTest[];
}

export type Significance =
  | ({ readonly state: 'tested' } & ReportTest)
  /** Both have the report, but it cannot be tested. */
  | { readonly state: 'untested'; readonly stage: string; readonly run: string; readonly because: string };

/** One result for each report that the first and another run have under the same stage name. */
export async function significanceOf(
  store: Pick<Store, 'fetch'>,
  records: readonly RunRecord[],
): Promise<Significance[]> {
  const [first, ...others] = records;
  const tested: Significance[] = [];
  for (const other of others)
    for (const stage of Object.keys(other.stages)) {
      const result = await testStage(store, first!, other, stage);
      if (result) tested.push(result);
    }
  return tested;
}

async function testStage(
  store: Pick<Store, 'fetch'>,
  first: RunRecord,
  other: RunRecord,
  stage: string,
): Promise<Significance | undefined> {
  const [a, b] = [first.stages[stage], other.stages[stage]];
  if (!a?.key || !b?.key || a.digest === b.digest || a.kind !== b.kind) return undefined;
  const untested = (because: string): Significance => ({ state: 'untested', stage, run: other.id, because });
  const left = await perQuery(store, a.kind, a.key);
  const right = await perQuery(store, b.kind, b.key);
  if (left === 'gone' || right === 'gone') {
    // Without the artifact, the metrics show whether the stage was a report.
    const looksLikeReport = Object.keys(a.metrics).some((name) => name.includes('@'));
    return looksLikeReport ? untested('a report is no longer in the store') : undefined;
  }
  if (!left || !right) return undefined;
  return (
    testReports(left, right, stage, other.id) ?? untested('the reports have no query and measure in common')
  );
}

async function perQuery(
  store: Pick<Store, 'fetch'>,
  kind: string,
  key: Key,
): Promise<PerQuery | 'gone' | undefined> {
  const artifact = await store.fetch(kind, key);
  return artifact ? readPerQuery(artifact.path) : 'gone';
}

function testReports(a: PerQuery, b: PerQuery, stage: string, run: string): Significance | undefined {
  const position = new Map(b.queries.map((query, index) => [query, index]));
  const pairs = a.queries.flatMap((query, index) => {
    const other = position.get(query);
    return other === undefined ? [] : [[index, other] as const];
  });
  const unmatched = a.queries.length + b.queries.length - 2 * pairs.length;
  const tests = [...a.measures].flatMap(([measure, values]) => {
    const others = b.measures.get(measure);
    if (!others) return [];
    const both = pairs
      .map(([i, j]) => [values[i]!, others[j]!] as const)
      .filter(([left, right]) => !Number.isNaN(left) && !Number.isNaN(right));
    return both.length === 0 ? [] : [testMeasure(measure, both)];
  });
  return tests.length === 0 ? undefined : { state: 'tested', stage, run, unmatched, tests };
}

function testMeasure(measure: string, pairs: readonly (readonly [number, number])[]): MeasureTest {
  const [a, b] = [pairs.map(([left]) => left), pairs.map(([, right]) => right)];
  return { measure, means: [mean(a), mean(b)], ...pairedTest(a, b) };
}
