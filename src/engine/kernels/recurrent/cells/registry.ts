/** The recurrent cells that there are. docs/CONTRIBUTING.md says how one is added. */
import type { RecurrentCell } from '../../../../formats/cells.ts';
import type { Cell, CellKernels } from './cell.ts';
import { gru } from './gru.ts';
import { lstm } from './lstm.ts';

const CELLS: Readonly<Record<RecurrentCell, Cell & { readonly kernels: CellKernels }>> = { gru, lstm };

/** A cell by its name, or one that has no name (yet); `none` has no recurrent layer. */
export type CellChoice = RecurrentCell | 'none' | Cell;

export function cellOf(choice: CellChoice): Cell | undefined {
  if (choice === 'none') return undefined;
  return typeof choice === 'string' ? CELLS[choice] : choice;
}

/** For shapes that have a recurrent layer. */
export function kernelsOf(choice: CellChoice): CellKernels {
  const kernels = cellOf(choice)?.kernels;
  if (!kernels) throw new Error('the cell has no kernels');
  return kernels;
}
