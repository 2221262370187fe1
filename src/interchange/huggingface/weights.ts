/**
 * The weights under the names and in the layout of python/modeling_two_tower.py, which are those of torch.nn, and back.
 * Values are moved and never computed, so that a model that went there and back is the same to the bit.
 *
 * PyTorch's GRU has the gates r | z | n (ours: z | r | n) and applies the reset gate after the product, as ours does; its
 * LSTM has i | f | g | o, as ours, and a second bias, which is zero here and added to the first on the way back.
 */
import {
  EMBEDDINGS,
  NGRAMS,
  type EncoderConfig,
  type ModelConfig,
  type ModelWeights,
} from '../../formats/model.ts';
import type { Tensor } from '../../formats/safetensors.ts';
import { towersOf, towerShapes, type TowerName } from '../../engine/model/towers.ts';
import { byGates, fromGates } from '../gates.ts';

export type TorchTensor = (name: string) => Tensor<Float32Array>;

/** For each gate of PyTorch, its place in ours. */
const TORCH_GATES = { gru: [1, 0, 2], lstm: [0, 1, 2, 3], none: [0] } as const;

const TABLES = { [EMBEDDINGS]: 'embeddings.weight', [NGRAMS]: 'ngrams.weight' } as const;

export function toTorch(
  { encoder, embeddings }: ModelConfig,
  weights: ModelWeights,
  ngrams: Tensor<Float32Array> | undefined,
): Record<string, Tensor<Float32Array>> {
  const torch: Record<string, Tensor<Float32Array>> = { [TABLES.embeddings]: weights.get(EMBEDDINGS)! };
  if (ngrams) torch[TABLES.ngrams] = ngrams;
  for (const place of places(encoder, embeddings.dimensions)) {
    const { data } = weights.get(place.ours)!;
    torch[place.theirs] = { shape: theirShape(place), data: byGates(data, rowsOf(place), place.gates) };
    if (place.zeros !== undefined)
      torch[place.zeros] = { shape: place.shape, data: new Float32Array(data.length) };
  }
  return torch;
}

export function fromTorch({ encoder, embeddings }: ModelConfig, torch: TorchTensor): ModelWeights {
  const { dimensions, ngrams } = embeddings;
  const weights = new Map([[EMBEDDINGS, torch(TABLES.embeddings)]]);
  if (ngrams) weights.set(NGRAMS, torch(TABLES.ngrams));
  for (const place of places(encoder, dimensions)) {
    let { data } = torch(place.theirs);
    if (place.zeros !== undefined) data = sum(data, torch(place.zeros).data);
    weights.set(place.ours, { shape: place.shape, data: fromGates(data, rowsOf(place), place.gates) });
  }
  return weights;
}

function sum(a: Float32Array, b: Float32Array): Float32Array {
  return a.map((value, i) => (b[i] === 0 ? value : value + b[i]!));
}

interface Place {
  readonly ours: string;
  readonly theirs: string;
  /** Ours: [rows, columns], or [columns]. */
  readonly shape: readonly number[];
  readonly gates: readonly number[];
  /** The second bias of PyTorch's LSTM. */
  readonly zeros: string | undefined;
}

const rowsOf = ({ shape }: Place): number => (shape.length === 2 ? shape[0]! : 1);

const theirShape = ({ shape }: Place): number[] => [...shape].reverse();

function places(encoder: EncoderConfig, input: number): Place[] {
  return towersOf(encoder).flatMap((tower) =>
    towerShapes(encoder, input).map(({ name, shape }) => ({
      ours: `${tower}.${name}`,
      shape,
      ...placeOf(tower, name, encoder.cell),
    })),
  );
}

const LAYER = /^layer(\d+)\.(forward|backward)\.(\w+)$/;
const RECURRENT: Readonly<Record<string, string>> = {
  kernel: 'weight_ih',
  recurrent: 'weight_hh',
  bias: 'bias_ih',
  recurrentBias: 'bias_hh',
};
const OTHERS: Readonly<Record<string, string>> = {
  attention: 'pooling.attention',
  'skip.attention': 'pooling_of_words.attention',
  'projection.kernel': 'projection.weight',
  'projection.bias': 'projection.bias',
};

function placeOf(
  tower: TowerName,
  name: string,
  cell: EncoderConfig['cell'],
): Pick<Place, 'theirs' | 'gates' | 'zeros'> {
  const [, layer, direction, part] = LAYER.exec(name) ?? [];
  if (part === undefined) return { theirs: `towers.${tower}.${OTHERS[name]!}`, gates: [0], zeros: undefined };
  const at = (prefix: string): string =>
    `towers.${tower}.recurrent.${prefix}_l${layer!}${direction === 'backward' ? '_reverse' : ''}`;
  return {
    theirs: at(RECURRENT[part]!),
    gates: TORCH_GATES[cell],
    zeros: cell === 'lstm' && part === 'bias' ? at('bias_hh') : undefined,
  };
}
