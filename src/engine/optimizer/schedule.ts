export interface ScheduleParams {
  readonly name: 'constant' | 'linear' | 'cosine';
  /** Fraction of all steps for linear warm-up. */
  readonly warmup_ratio: number;
}

/** What the learning rate is multiplied with at a step counted from 1: rising in the warm-up, then as named to 0. */
export function scheduleFactor({ name, warmup_ratio }: ScheduleParams, step: number, steps: number): number {
  const warmup = Math.floor(warmup_ratio * steps);
  if (step <= warmup) return step / (warmup + 1);
  const done = (step - 1 - warmup) / Math.max(1, steps - warmup);
  switch (name) {
    case 'constant':
      return 1;
    case 'linear':
      return 1 - done;
    case 'cosine':
      return (1 + cosineOfPart(done)) / 2;
  }
}

/** cos(πx) for x in 0 … 1 from multiplications alone, as ECMAScript promises nothing of Math.cos: error below 1e-12. */
function cosineOfPart(x: number): number {
  if (x > 0.5) return -cosineOfPart(1 - x);
  const square = Math.PI * x * (Math.PI * x);
  let [sum, term] = [1, 1];
  for (let k = 1; k <= 10; k++) {
    term *= -square / ((2 * k - 1) * (2 * k));
    sum += term;
  }
  return sum;
}
