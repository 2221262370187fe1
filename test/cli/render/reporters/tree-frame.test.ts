import { describe, expect, it } from 'vitest';
import { treeFrame, type RowState, type TreeRow } from '../../../../src/cli/render/reporters/tree-frame.ts';
import { styleFor } from '../../../../src/cli/render/output.ts';

const plain = styleFor(false);

function rowsOf(...groups: readonly (readonly [RowState, number])[]): TreeRow[] {
  return groups.flatMap(([state, count]) =>
    Array.from({ length: count }, (_, i) => ({ stage: `${state}${i + 1}`, state, text: '' })),
  );
}

const draw = (rows: readonly TreeRow[], lines: number, columns = 80): string[] =>
  treeFrame(rows, { lines, columns }, 0, plain);

describe('the tree', () => {
  it('shows every stage in the order of the plan where the terminal is high enough', () => {
    const rows = rowsOf(['finished', 2], ['running', 1], ['waiting', 1]);
    expect(draw(rows, 4)).toEqual(['✔ finished1', '✔ finished2', '⠋ running1', '… waiting1']);
  });

  it('folds finished stages into a line above the running ones, and waiting ones into a line below', () => {
    const rows = rowsOf(['finished', 12], ['running', 3], ['waiting', 8]);
    expect(draw(rows, 5)).toEqual([
      '✔ 12 stages finished',
      '⠋ running1',
      '⠋ running2',
      '⠋ running3',
      '… 8 stages waiting',
    ]);
  });

  it('gives what lines are left to the next stages and to the last results', () => {
    const rows = rowsOf(['finished', 12], ['running', 1], ['waiting', 8]);
    expect(draw(rows, 7)).toEqual([
      '✔ 10 stages finished',
      '✔ finished11',
      '✔ finished12',
      '⠋ running1',
      '… waiting1',
      '… waiting2',
      '… 6 more stages waiting',
    ]);
  });

  it('says how many more are running where not even those fit', () => {
    const rows = rowsOf(['finished', 3], ['running', 9], ['waiting', 4]);
    expect(draw(rows, 5)).toEqual([
      '✔ 3 stages finished',
      '⠋ running1',
      '⠋ running2',
      '⠋ 7 more stages running',
      '… 4 stages waiting',
    ]);
  });

  it('keeps failed stages in sight', () => {
    const rows = rowsOf(['finished', 9], ['failed', 1], ['running', 1], ['skipped', 9]);
    expect(draw(rows, 4)).toEqual(['✔ 9 stages finished', '- 9 stages not run', '✖ failed1', '⠋ running1']);
  });

  it('is one line where there is only one', () => {
    expect(draw(rowsOf(['finished', 5], ['running', 2], ['waiting', 1]), 1)).toEqual(['✔ 5  ⠋ 2  … 1']);
  });

  it('never has more lines than there are, whatever the numbers', () => {
    for (const lines of [1, 2, 3, 5, 8, 13])
      for (const counts of [
        [0, 0, 40],
        [40, 0, 0],
        [7, 7, 7],
        [1, 30, 1],
      ] as const) {
        const [finished, running, waiting] = counts;
        const rows = rowsOf(
          ['finished', finished],
          ['running', running],
          ['waiting', waiting],
          ['failed', 2],
        );
        expect(draw(rows, lines).length).toBeLessThanOrEqual(lines);
      }
  });

  it('cuts long names by cells, and keeps room for what is said about them', () => {
    const [line] = draw([{ stage: 'モデル'.repeat(20), state: 'running', text: 'epoch 1/5' }], 5, 40);
    expect(line).toBe('⠋ モデルモデルモ…   epoch 1/5');
  });
});
