/** Ridge regression of vectors on vectors, by the normal equations and a Cholesky factorisation, in double precision. */

export interface Ridge {
  /** [inputs]-vector in, [outputs]-vector out. */
  predict(features: Float64Array, target: Float64Array): void;
}

/**
 * W = argmin Σ ‖xW − y‖² + λ‖W‖² over the rows of `features` [rows, inputs] and `targets` [rows, outputs], both flat;
 * λ is `penalty` times the mean of the diagonal of XᵀX. Every feature is penalised; a constant one makes a bias.
 */
export function fitRidge(
  features: Float64Array,
  targets: Float64Array,
  { inputs, outputs, penalty }: { inputs: number; outputs: number; penalty: number },
): Ridge {
  const rows = features.length / inputs;
  const gram = new Float64Array(inputs * inputs);
  const moment = new Float64Array(inputs * outputs);
  for (let row = 0; row < rows; row++) {
    const x = features.subarray(row * inputs, (row + 1) * inputs);
    const y = targets.subarray(row * outputs, (row + 1) * outputs);
    for (let i = 0; i < inputs; i++) {
      const value = x[i]!;
      if (value === 0) continue;
      for (let j = 0; j <= i; j++) gram[i * inputs + j]! += value * x[j]!;
      for (let j = 0; j < outputs; j++) moment[i * outputs + j]! += value * y[j]!;
    }
  }
  let trace = 0;
  for (let i = 0; i < inputs; i++) trace += gram[i * inputs + i]!;
  // All features zero: any λ gives zero, and none would divide by it.
  const ridge = trace === 0 ? 1 : (penalty * trace) / inputs;
  for (let i = 0; i < inputs; i++) gram[i * inputs + i]! += ridge;
  factorise(gram, inputs);
  solve(gram, moment, inputs, outputs);
  return {
    predict: (x, target) => {
      target.fill(0);
      for (let i = 0; i < inputs; i++) {
        const value = x[i]!;
        if (value === 0) continue;
        for (let j = 0; j < outputs; j++) target[j]! += value * moment[i * outputs + j]!;
      }
    },
  };
}

/** Replaces the lower triangle of a positive definite matrix by its Cholesky factor L, A = LLᵀ. */
function factorise(matrix: Float64Array, size: number): void {
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i * size + j]!;
      for (let k = 0; k < j; k++) sum -= matrix[i * size + k]! * matrix[j * size + k]!;
      matrix[i * size + j] = i === j ? Math.sqrt(sum) : sum / matrix[j * size + j]!;
    }
  }
}

/** Replaces the columns of `right` [size, columns] by the solutions of LLᵀx = b. */
function solve(factor: Float64Array, right: Float64Array, size: number, columns: number): void {
  for (let column = 0; column < columns; column++) {
    for (let i = 0; i < size; i++) {
      let sum = right[i * columns + column]!;
      for (let k = 0; k < i; k++) sum -= factor[i * size + k]! * right[k * columns + column]!;
      right[i * columns + column] = sum / factor[i * size + i]!;
    }
    for (let i = size - 1; i >= 0; i--) {
      let sum = right[i * columns + column]!;
      for (let k = i + 1; k < size; k++) sum -= factor[k * size + i]! * right[k * columns + column]!;
      right[i * columns + column] = sum / factor[i * size + i]!;
    }
  }
}
