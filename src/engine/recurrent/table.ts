/** The embedding table: the one weight too large to be touched whole at every step. */

export interface TableStep {
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly weightDecay: number;
  /** Multiplies the gathered gradients: clipping. */
  readonly scale: number;
  /** From 1: for bias correction. */
  readonly step: number;
}

/** Running means of the gradients and of their squares, [rows, dimensions] each. */
export interface TableMoments {
  readonly m: Float32Array;
  readonly v: Float32Array;
}

export interface EmbeddingTable {
  readonly rows: number;
  readonly dimensions: number;
  /** A copy, [rows, dimensions]. */
  read(): Float32Array;
  write(values: Float32Array): void;
  /** Σ g² over the gradients gathered since the last step. */
  gradientSquares(): number;
  /** The gathered gradients as [rows, dimensions]: for tests and small tables. */
  readGradient(): Float32Array;
  /** AdamW over the rows that have a gradient, and no other (lazy Adam); forgets the gradients. */
  step(options: TableStep): void;
  readMoments(): TableMoments;
  writeMoments(moments: TableMoments): void;
  dispose(): void;
}
