/** Two towers while they train, and what a batch is to them: made by autograd or by kernels. */
import type { Ragged } from '../../formats/ragged.ts';
import type { ModelConfig } from '../../formats/model.ts';
import type { Variable } from '@tensorflow/tfjs-core';
import type { LossTargets } from '../losses/loss.ts';
import type { LossParams } from '../losses/registry.ts';
import type { ModelTable } from '../model/subword-table.ts';
import type { Side } from '../model/towers.ts';
import type { Gradients } from '../optimizer/adamw.ts';
import type { Pass } from './recurrent-op.ts';

export interface TwoTowers {
  /** Without dropout or gradients: [texts, dimensions]; of length 1 where cosine compares. */
  infer(side: Side, texts: Ragged): Float32Array;
  /** Gradients of the embeddings are gathered in the table. */
  gradients(batch: TrainingBatch, loss: LossParams): LossGradients;
  dispose(): void;
}

export interface TowerParts {
  readonly config: ModelConfig;
  readonly table: ModelTable;
  /** By the names of `towerShapes`, after the tower's. */
  readonly dense: ReadonlyMap<string, Variable>;
}

export interface TrainingBatch {
  readonly queries: Ragged;
  readonly documents: Ragged;
  readonly passes: Readonly<Record<Side, Pass>>;
  readonly targets: LossTargets;
}

export interface LossGradients {
  readonly loss: number;
  /** By the names of `dense`. */
  readonly gradients: Gradients;
  /** Frees the gradients. */
  release(): void;
}
