/** Dense weights of the towers: their names and shapes, and which tower encodes what. */
import type { EncoderConfig, ModelConfig } from '../../formats/model.ts';
import type { TowerShape } from '../kernels/towers/tower.ts';
import {
  outputWidth,
  weightShapes,
  type RecurrentShape,
  type WeightShape,
} from '../kernels/recurrent/shape.ts';

export type Side = 'query' | 'document';
export type TowerName = 'encoder' | Side;

export function towersOf(encoder: EncoderConfig): readonly TowerName[] {
  return encoder.shared ? ['encoder'] : ['query', 'document'];
}

export function towerFor(encoder: EncoderConfig, side: Side): TowerName {
  return encoder.shared ? 'encoder' : side;
}

function recurrentShape(encoder: EncoderConfig, input: number): RecurrentShape {
  const { cell, hidden, layers, bidirectional, pooling } = encoder;
  return { cell, input, hidden, layers, bidirectional, pooling };
}

/** What is pooled: the states of the recurrent layers and, with `skip`, the token embeddings. */
export function pooledParts(encoder: EncoderConfig, input: number): readonly RecurrentShape[] {
  const states = recurrentShape(encoder, input);
  return encoder.skip && encoder.cell !== 'none' ? [states, { ...states, cell: 'none' }] : [states];
}

/** A tower as the kernels take it. */
export function towerKernelShape({ encoder, embeddings, similarity }: ModelConfig): TowerShape {
  const { projection } = encoder;
  return {
    parts: pooledParts(encoder, embeddings.dimensions),
    projection,
    normalised: similarity === 'cosine',
  };
}

function pooledWidth(encoder: EncoderConfig, input: number): number {
  return pooledParts(encoder, input).reduce((sum, part) => sum + outputWidth(part), 0);
}

/** Width of the embedding of a text. */
export function embeddingWidth(encoder: EncoderConfig, input: number): number {
  return encoder.projection ?? pooledWidth(encoder, input);
}

/** Weights of each pooled part: those of the recurrent layers, and with `skip` those of the pooled embeddings as `skip.…`. */
function partShapes(encoder: EncoderConfig, input: number): readonly (readonly WeightShape[])[] {
  return pooledParts(encoder, input).map((part, index) =>
    weightShapes(part).map(({ name, shape }) => ({ name: index === 0 ? name : `skip.${name}`, shape })),
  );
}

/** The weights of one tower: those of its pooled parts, then projection.kernel [W, P] and projection.bias [P]. */
export function towerShapes(encoder: EncoderConfig, input: number): readonly WeightShape[] {
  const { projection } = encoder;
  const pooled = partShapes(encoder, input).flat();
  if (projection === null) return pooled;
  return [
    ...pooled,
    { name: 'projection.kernel', shape: [pooledWidth(encoder, input), projection] },
    { name: 'projection.bias', shape: [projection] },
  ];
}

/** The weights of a tower, in the order of `towerShapes`, as those of each pooled part and of the projection. */
export function splitWeights<W>(
  encoder: EncoderConfig,
  input: number,
  weights: readonly W[],
): { readonly parts: readonly (readonly W[])[]; readonly projection: readonly W[] } {
  let start = 0;
  const parts = partShapes(encoder, input).map(({ length }) => weights.slice(start, (start += length)));
  return { parts, projection: weights.slice(start) };
}
