/** The view of several runs side by side. */
import { compareRuns, type Difference } from '../../../history/compare.ts';
import { readNotes } from '../../../history/notes.ts';
import type { RunRecord } from '../../../history/record.ts';
import { significanceOf, type Significance } from '../../../history/report-tests.ts';
import type { StoreLayout } from '../../../store/layout.ts';
import type { Store } from '../../../store/store.ts';
import type { ComparedRow, ComparedSection, CompareView, TestsView } from '../../views/compare-view.ts';
import { queryDifferences } from './query-differences.ts';

/** The first run is what the others are compared with. */
export async function compareView(
  layout: StoreLayout,
  store: Store,
  records: readonly RunRecord[],
): Promise<CompareView> {
  const comparison = compareRuns(records);
  const { parameters, wiring, environment, metrics, stages, warnings } = comparison;
  const titled: readonly (readonly [ComparedSection['title'], readonly Difference[]])[] = [
    ['Parameters', parameters],
    ['Kinds and inputs', wiring],
    ['Metrics', metrics],
    ['Warnings', warnings],
    ['Environment', environment],
    ['Stage digests', stages],
  ];
  const all = compareRuns(records, true);
  const count = (one: typeof comparison): number =>
    [one.parameters, one.wiring, one.environment, one.metrics, one.stages, one.warnings].reduce(
      (sum, list) => sum + list.length,
      0,
    );
  return {
    runs: records.map(({ id, spec, started, outcome }) => ({
      id,
      spec: spec.name,
      started,
      outcome,
      tags: readNotes(layout, id).tags,
    })),
    sections: titled
      .filter(([, rows]) => rows.length > 0)
      .map(([title, rows]) => ({ title, rows: rows.map(rowOf) })),
    equal: count(all) - count(comparison),
    tests: (await significanceOf(store, records)).map(testsOf),
    queries: await queryDifferences(store, records),
  };
}

function rowOf({ name, values, deltas }: Difference): ComparedRow {
  return {
    name,
    values: values.map((value) => value ?? null),
    deltas: deltas.map((delta) => delta ?? null),
  };
}

function testsOf(result: Significance): TestsView {
  const { stage, run } = result;
  if (result.state === 'untested') return { stage, run, untested: result.because, unmatched: 0, tests: [] };
  const tests = result.tests
    .filter(({ differing }) => differing > 0)
    .map(({ measure, means: [before, after], difference, p, queries, differing }) => ({
      measure,
      before,
      after,
      difference,
      p,
      queries,
      differing,
    }));
  return { stage, run, untested: null, unmatched: result.unmatched, tests };
}
