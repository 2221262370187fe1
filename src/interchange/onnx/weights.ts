/** Our weights out of the tensors of an exported graph: the inverse of what recurrent.ts and tower.ts store. */
import { EMBEDDINGS, type EncoderConfig, type ModelConfig, type ModelWeights } from '../../formats/model.ts';
import type { Tensor } from '../../formats/safetensors.ts';
import { towersOf, towerShapes, type TowerName } from '../../engine/model/towers.ts';
import { fromGates } from '../gates.ts';
import { ONNX_GATES } from './recurrent.ts';

export type Initializer = (tower: TowerName, name: string) => Tensor<Float32Array>;

export function weightsFrom({ encoder, embeddings }: ModelConfig, initializer: Initializer): ModelWeights {
  const towers = towersOf(encoder);
  const weights = new Map([[EMBEDDINGS, initializer(towers[0]!, EMBEDDINGS)]]);
  for (const tower of towers) {
    const stored = (name: string): Float32Array => initializer(tower, name).data;
    for (const { name, shape } of towerShapes(encoder, embeddings.dimensions))
      weights.set(`${tower}.${name}`, {
        shape,
        data: recurrentWeight(name, encoder, stored) ?? stored(name),
      });
  }
  return weights;
}

const LAYER = /^(layer\d+)\.(forward|backward)\.(\w+)$/;

/** Undefined for a weight that is none of the recurrent layers'. */
function recurrentWeight(
  name: string,
  { cell, hidden, bidirectional }: EncoderConfig,
  stored: (name: string) => Float32Array,
): Float32Array | undefined {
  const [, layer, direction, part] = LAYER.exec(name) ?? [];
  if (part === undefined || cell === 'none') return undefined;
  const order = ONNX_GATES[cell];
  const own = (all: Float32Array): Float32Array => {
    const size = all.length / (bidirectional ? 2 : 1);
    return direction === 'backward' ? all.subarray(size) : all.subarray(0, size);
  };
  const columns = order.length * hidden;
  const matrix = (stem: string): Float32Array => {
    const values = own(stored(`${layer!}.${stem}`));
    return fromGates(values, values.length / columns, order);
  };
  if (part === 'kernel') return matrix('W');
  if (part === 'recurrent') return matrix('R');
  const biases = own(stored(`${layer!}.B`));
  return fromGates(part === 'bias' ? biases.subarray(0, columns) : biases.subarray(columns), 1, order);
}
