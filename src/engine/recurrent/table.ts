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

export interface EmbeddingTable {
  readonly rows: number;
  readonly dimensions: number;
  /** A copy, [rows, dimensions]. */
  read(): Float32Array;
  write(values: Float32Array): void;
  /** Σ g² over the gradients gathered since the last step. */
  gradientSquares(): number;
  /** AdamW over the rows that have a gradient, and no other (lazy Adam); forgets the gradients. */
  step(options: TableStep): void;
  /** Both moments, [2, rows, dimensions]. */
  readMoments(): Float32Array;
  writeMoments(moments: Float32Array): void;
  dispose(): void;
}
