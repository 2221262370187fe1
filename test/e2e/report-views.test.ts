import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NO_NOTES } from '../../src/history/notes.ts';
import { readRunRecord, runIds } from '../../src/history/record.ts';
import { mapTextsView, mapView } from '../../src/page/data/map-view.ts';
import { queriesView } from '../../src/page/data/queries-view.ts';
import { shownRecord, type ShownRun } from '../../src/page/data/shown-run.ts';
import { storeLayout } from '../../src/store/layout.ts';
import { localStore } from '../../src/store/local/local-store.ts';
import { oddTexts } from '../helpers/odd-texts.ts';

describe('the views of a run of real stages', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pipeline-views-'));
  let run: ShownRun;
  beforeAll(async () => {
    expect((await oddTexts(folder).run('odd.yaml')).code).toBe(0);
    const layout = storeLayout(join(folder, 'artifacts'));
    const [id] = runIds(layout);
    run = await shownRecord(readRunRecord(layout, id!)!, NO_NOTES, localStore(layout));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('have the lists that the ranks were measured on', async () => {
    const view = (await queriesView(run, 'report'))!;
    expect(view).toMatchObject({ split: 'test', systems: ['model', 'bm25'], total: 16, cap: 200 });
    expect(view.shown).toHaveLength(view.won + view.lost);
    for (const { lists, ranks, relevant, gain, text } of view.shown) {
      expect(text).toMatch(/ of .* \?$/);
      lists.forEach((list, system) => {
        expect(list).toHaveLength(view.depth);
        const first = list.findIndex((document) => relevant.includes(document)) + 1;
        const rank = ranks[system] ?? null;
        expect(first).toBe(rank !== null && rank <= view.depth ? rank : 0);
      });
      const inverse = (rank: number | null): number => (rank === null ? 0 : 1 / rank);
      expect(gain).toBeCloseTo(inverse(ranks[0]) - inverse(ranks[1]), 12);
    }
    const texts = view.documents.map(({ text }) => text);
    expect(texts.some((text) => text.includes('<script>'))).toBe(true);
    expect(texts.some((text) => text.includes('סימנים'))).toBe(true);
  });

  it('keep to the cap and to the budget of characters', async () => {
    const whole = (await queriesView(run, 'report'))!;
    const view = (await queriesView(run, 'report', { cap: 2, budget: 1 }))!;
    expect(view.shown).toHaveLength(2);
    expect([view.won, view.lost]).toEqual([whole.won, whole.lost]);
    expect(view.textLimit).toBe(160);
    const long = view.documents.filter(({ cut }) => cut);
    for (const { text } of long) expect(text.length).toBeLessThanOrEqual(160);
  });

  it('map every document and query, with the texts in the order of the points', async () => {
    const view = (await mapView(run, 'embeddings'))!;
    const { texts } = (await mapTextsView(run, 'corpus'))!;
    const group = [...Buffer.from(view.group, 'base64')];
    const hit = [...Buffer.from(view.hit, 'base64')];
    expect(view.points).toBe(view.vectors);
    expect(Buffer.from(view.positions, 'base64')).toHaveLength(4 * view.points);
    expect([group.length, hit.length, texts.length]).toEqual([view.points, view.points, view.points]);
    expect([...view.groups].sort()).toEqual(['document', 'test', 'train', 'validation']);
    expect(hit.filter((state) => state > 0)).toHaveLength(16);
    group.forEach((own, point) => {
      expect(texts[point]).toMatch(own === 0 ? /^About / : / of /);
      if (hit[point]! > 0) expect(view.groups[own]).toBe('test');
    });
    expect(view.explained[0]).toBeGreaterThanOrEqual(view.explained[1]);
    expect(await mapView(run, 'embeddings')).toEqual(view);
  });

  it('map a sample of the same points as its texts where there are more than the cap', async () => {
    const view = (await mapView(run, 'embeddings', 40))!;
    const { texts } = (await mapTextsView(run, 'corpus', 40))!;
    expect([view.points, texts.length]).toEqual([40, 40]);
    const hit = [...Buffer.from(view.hit, 'base64')];
    expect(hit.filter((state) => state > 0)).toHaveLength(16);
  });

  it('are absent for stages that have none', async () => {
    expect(await queriesView(run, 'model')).toBeUndefined();
    expect(await mapView(run, 'report')).toBeUndefined();
    expect(await mapTextsView(run, 'nothing')).toBeUndefined();
  });
});
