import { truncateSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createNpy, readNpy, readNpyRows } from '../../src/formats/npy.ts';
import { temporaryFolder } from '../helpers/run-kind.ts';

it('a matrix is written in chunks of rows and read whole or by row', () => {
  const path = join(temporaryFolder(), 'a.npy');
  const file = createNpy(path, 3, 2);
  file.write(Float32Array.of(1, 2));
  file.write(Float32Array.of(3, 4, 5, 6));
  file.finish();
  file.close();
  expect(readNpy(path)).toEqual({ rows: 3, columns: 2, data: Float32Array.of(1, 2, 3, 4, 5, 6) });
  expect(readNpyRows(path, [2, 0]).data).toEqual(Float32Array.of(5, 6, 1, 2));
  truncateSync(path, 140);
  expect(() => readNpy(path)).toThrow('has the wrong size for its shape');
});

it('a matrix with too few rows is not finished', () => {
  const file = createNpy(join(temporaryFolder(), 'a.npy'), 3, 2);
  file.write(Float32Array.of(1, 2));
  expect(() => {
    file.finish();
  }).toThrow('2 values given for 3 × 2');
  file.close();
});
