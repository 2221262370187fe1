import { describe, expect, it } from 'vitest';
import { random } from '../../../src/base/random.ts';
import { projectOnPlane } from '../../../src/page/data/principal-components.ts';
import { symmetricEigen } from '../../../src/page/data/symmetric-eigen.ts';

/** Rows that lie in a plane, with standard deviations 3 and 1 along its axes, shifted off the origin. */
function plane(rows: number, columns: number): { data: Float32Array; rows: number; columns: number } {
  const source = random(1, 'plane');
  const data = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    const [a, b] = [3 * source.normal(), source.normal()];
    data.fill(5, row * columns, (row + 1) * columns);
    data[row * columns + 2]! += a;
    data[row * columns + 7]! += b;
  }
  return { data, rows, columns };
}

describe('the first two principal components', () => {
  it('are the axes along which rows in a plane differ', () => {
    const matrix = plane(500, 12);
    const { first, second, explained } = projectOnPlane(matrix);
    expect(explained[0] + explained[1]).toBeCloseTo(1, 10);
    expect(explained[0]).toBeGreaterThan(0.85);
    const share = (values: Float64Array, column: number): number => {
      const own = Float64Array.from({ length: 500 }, (_, row) => matrix.data[row * 12 + column]! - 5);
      const dot = (a: Float64Array, b: Float64Array): number =>
        a.reduce((sum, value, i) => sum + value * b[i]!, 0);
      return Math.abs(dot(values, own)) / Math.sqrt(dot(values, values) * dot(own, own));
    };
    expect(share(first, 2)).toBeGreaterThan(0.99);
    expect(share(second, 7)).toBeGreaterThan(0.99);
  });

  it('agree with the eigenvectors of the covariance, whose values lie close together', () => {
    const source = random(2, 'noise');
    const [rows, columns] = [300, 40];
    const data = Float32Array.from({ length: rows * columns }, () => source.normal());
    const { explained, first } = projectOnPlane({ rows, columns, data });
    const mean = Array.from({ length: columns }, (_, c) => {
      let sum = 0;
      for (let row = 0; row < rows; row++) sum += data[row * columns + c]!;
      return sum / rows;
    });
    const covariance = mean.map((a, i) =>
      mean.map((b, j) => {
        let sum = 0;
        for (let row = 0; row < rows; row++)
          sum += (data[row * columns + i]! - a) * (data[row * columns + j]! - b);
        return sum / rows;
      }),
    );
    const { values } = symmetricEigen(covariance);
    const total = values.reduce((sum, value) => sum + value, 0);
    expect(explained[0]).toBeCloseTo(values[0]! / total, 8);
    expect(explained[1]).toBeCloseTo(values[1]! / total, 8);
    expect(first.reduce((sum, value) => sum + value ** 2, 0) / rows).toBeCloseTo(values[0]!, 6);
  });

  it('are the same bytes again', () => {
    const bytes = (): Buffer => Buffer.from(projectOnPlane(plane(100, 30)).first.buffer);
    expect(bytes().equals(bytes())).toBe(true);
  });

  it('of equal rows, of one column and of no rows are zero', () => {
    expect([...projectOnPlane({ rows: 2, columns: 2, data: Float32Array.of(1, 2, 1, 2) }).first]).toEqual([
      0, 0,
    ]);
    const single = projectOnPlane({ rows: 2, columns: 1, data: Float32Array.of(1, 3) });
    expect([...single.first].map(Math.abs)).toEqual([1, 1]);
    expect([...single.second]).toEqual([0, 0]);
    expect(projectOnPlane({ rows: 0, columns: 3, data: new Float32Array() }).first).toHaveLength(0);
  });
});
