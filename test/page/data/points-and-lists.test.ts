import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runLines, trecName } from '../../../src/formats/trec.ts';
import { cutText } from '../../../src/page/data/cut-text.ts';
import { mapPoints } from '../../../src/page/data/map-points.ts';
import { firstOfLists } from '../../../src/page/data/trec-lists.ts';
import { temporaryFolder } from '../../helpers/run-kind.ts';

describe('the points of a map', () => {
  it('are all vectors where they are few enough', () => {
    const { documents, queries } = mapPoints(3, 2, new Set([1]), 5);
    expect([[...documents], [...queries]]).toEqual([
      [0, 1, 2],
      [0, 1],
    ]);
  });

  it('else are a sample that has the evaluated queries, and is the same every time', () => {
    const evaluated = new Set([5, 900]);
    const one = mapPoints(3000, 1000, evaluated, 400);
    expect(one.documents.length + one.queries.length).toBe(400);
    expect([...one.queries]).toEqual(expect.arrayContaining([5, 900]));
    expect([...one.documents]).toEqual([...one.documents].sort((a, b) => a - b));
    expect(mapPoints(3000, 1000, evaluated, 400)).toEqual(one);
    // Documents are three quarters of the vectors.
    expect(one.documents.length / 400).toBeCloseTo(0.75, 1);
  });

  it('leave room for documents where very many queries were evaluated', () => {
    const evaluated = new Set(Array.from({ length: 1000 }, (_, i) => i));
    const { documents, queries } = mapPoints(1000, 1000, evaluated, 100);
    expect(documents.length + queries.length).toBe(100);
    expect(documents.length).toBeGreaterThan(20);
  });
});

it('reads the first documents of the wanted queries of a run file', async () => {
  const file = join(temporaryFolder(), 'model.trec');
  const names = ['d1', 'long name', '%', 'd4'].map(trecName);
  const lines = ['q 1', 'other', 'שאלה'].map((query) =>
    runLines(trecName(query), names, [4, 3, 2, 1], 'model'),
  );
  writeFileSync(file, lines.join(''));
  const lists = await firstOfLists(file, new Set([trecName('q 1'), 'שאלה', 'absent']), 3);
  expect(lists.get(trecName('q 1'))).toEqual(names.slice(0, 3));
  expect(lists.get('שאלה')).toEqual(names.slice(0, 3));
  expect(lists.get('absent')).toEqual([]);
  expect(lists.has('other')).toBe(false);
});

it('cuts a text off, but not within a character', () => {
  expect(cutText('ab👋c', 3)).toEqual({ text: 'ab', cut: true });
  expect(cutText('ab👋c', 4)).toEqual({ text: 'ab👋', cut: true });
  expect(cutText('ab', 3)).toEqual({ text: 'ab', cut: false });
});
