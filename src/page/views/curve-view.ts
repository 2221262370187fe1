/** The learning curve of a `train` stage. */
export interface CurveView {
  readonly stage: string;
  readonly points: readonly CurvePoint[];
  /** The step whose weights were kept; null where none were validated. */
  readonly bestStep: number | null;
  readonly endedBy: string | null;
  /** The validation measures, the one that chooses the weights first. */
  readonly measures: readonly string[];
}

export interface CurvePoint {
  readonly step: number;
  readonly epoch: number;
  readonly phase: number | null;
  readonly loss: number | null;
  readonly learningRate: number | null;
  readonly gradientNorm: number | null;
  readonly validation: Readonly<Record<string, number>>;
}
