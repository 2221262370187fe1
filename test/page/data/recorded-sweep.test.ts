import { describe, expect, it } from 'vitest';
import { writeRunRecord, type RunRecord } from '../../../src/history/record.ts';
import { recordedSweep, sweepsNamed, variedValues } from '../../../src/page/data/recorded-sweep.ts';
import { sweepView } from '../../../src/page/data/sweep-view.ts';
import { localStore } from '../../../src/store/local/local-store.ts';
import type { StoreLayout } from '../../../src/store/layout.ts';
import { emptyStore, runRecord, stageRecord } from '../../history/records.ts';

const ID = '20260131T000000Z-000abcd';

/** One record for each (margin, seed); the store has no artifacts, so there are no values but those recorded. */
function storeWith(changes: (margin: number, seed: number) => Partial<RunRecord> = () => ({})): StoreLayout {
  const layout = emptyStore();
  [0.1, 0.2].forEach((margin, m) => {
    [1, 2].forEach((seed, s) => {
      writeRunRecord(
        layout,
        runRecord(2 * m + s, {
          params: { seed, margin },
          parameters: { model: { loss: { margin }, seed } },
          sweep: {
            id: ID,
            configuration: `margin=${margin}`,
            repeats: 2,
            metric: 'report.mrr',
            goal: 'maximize',
            value: margin + seed / 10,
          },
          stages: { report: stageRecord({ kind: 'evaluate', metrics: { mrr: margin + seed / 10 } }) },
          ...changes(margin, seed),
        }),
      );
    });
  });
  return layout;
}

describe('a recorded sweep', () => {
  it('is found by its id, and by its beginning or end', () => {
    const layout = storeWith();
    expect(sweepsNamed(layout, ID)).toEqual([ID]);
    expect(sweepsNamed(layout, 'abcd')).toEqual([ID]);
    expect(sweepsNamed(layout, 'cd')).toEqual([]);
    expect(sweepsNamed(layout, 'latest')).toEqual([]);
  });

  it('has one configuration for its repeats, with the parameters in which configurations differ', () => {
    const layout = storeWith();
    const { outcomes, repeats, metric } = recordedSweep(layout, ID);
    expect([repeats, metric]).toEqual([2, 'report.mrr']);
    expect(outcomes.map(({ name, values }) => [name, values])).toEqual([
      ['margin=0.1', { 'params.margin': 0.1 }],
      ['margin=0.2', { 'params.margin': 0.2 }],
    ]);
    expect(outcomes[0]!.repeats.map(({ run }) => run)).toHaveLength(2);
  });

  it('shows what failed, and ranks it last', async () => {
    const layout = storeWith((margin, seed) =>
      margin === 0.2 && seed === 2
        ? {
            outcome: 'failed',
            stages: {
              model: {
                kind: 'train',
                state: 'failed',
                key: null,
                digest: null,
                seconds: 1,
                metrics: {},
                error: 'no memory',
              },
            },
          }
        : {},
    );
    const store = localStore(layout);
    const view = await sweepView(recordedSweep(layout, ID), store);
    expect(view.configurations.map(({ name, state, error }) => [name, state, error])).toEqual([
      ['margin=0.1', 'done', null],
      ['margin=0.2', 'failed', 'no memory'],
    ]);
  });

  it('keeps the values of runs whose artifacts are gone', async () => {
    const layout = storeWith();
    const store = localStore(layout);
    const view = await sweepView(recordedSweep(layout, ID), store);
    expect(view.configurations.map(({ name, metric }) => [name, metric])).toEqual([
      ['margin=0.2', expect.closeTo(0.35)],
      ['margin=0.1', expect.closeTo(0.25)],
    ]);
    expect(view.effects.map(({ parameter, spread }) => [parameter, spread])).toEqual([
      ['params.margin', expect.closeTo(0.1)],
    ]);
  });

  it('refuses a baseline that is none of its configurations', () => {
    const layout = storeWith();
    expect(() => recordedSweep(layout, ID, { baseline: 'margin=0.3' })).toThrow(
      "the sweep has no configuration 'margin=0.3'",
    );
  });
});

describe('the parameters in which configurations differ', () => {
  const run = (parameters: RunRecord['parameters']): Pick<RunRecord, 'params' | 'parameters'> => ({
    params: {},
    parameters,
  });

  it('leave out what changes together with another, what repeats change, and what only some have', () => {
    const values = variedValues([
      [
        run({ a: { x: 1, same: 5, seed: 1 }, b: { x: 1 } }),
        run({ a: { x: 1, same: 5, seed: 2 }, b: { x: 1 } }),
      ],
      [
        run({ a: { x: 2, same: 5, seed: 1, own: 3 }, b: { x: 2 } }),
        run({ a: { x: 2, same: 5, seed: 2, own: 3 }, b: { x: 2 } }),
      ],
    ]);
    expect(values).toEqual([{ 'a.x': 1 }, { 'a.x': 2 }]);
  });
});
