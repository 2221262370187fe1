/**
 * Joins models to one of the same architecture that computes all of them side by side: word vectors and states are
 * concatenated, and the matrices between them are block-diagonal. Nothing else needs to know that it is an ensemble.
 * With `skip`, states and word vectors of all models are normalised together and not for each model; what a projection
 * adds is scaled for it.
 */
import { embeddingWidth, towersOf, towerShapes } from '../../src/engine/model/towers.ts';
import {
  EMBEDDINGS,
  NGRAMS,
  type EncoderConfig,
  type ModelConfig,
  type ModelWeights,
} from '../../src/formats/model.ts';
import type { Tensor } from '../../src/formats/safetensors.ts';

export interface Member {
  readonly config: ModelConfig;
  /** With the n-grams, if it has them. */
  readonly weights: ModelWeights;
}

/** For each model: where its units are among those of the joined model, along one axis of a matrix. */
type Places = readonly (readonly number[])[];

export function joinModels(members: readonly Member[]): Member {
  const config = joinedConfig(members.map((member) => member.config));
  const places = placesOf(members.map((member) => member.config));
  const weights = new Map<string, Tensor<Float32Array>>();
  for (const name of [EMBEDDINGS, ...(config.embeddings.ngrams ? [NGRAMS] : [])]) {
    const tables = members.map((member) => member.weights.get(name)!);
    const rows = tables[0]!.shape[0]!;
    const all = Array.from({ length: rows }, (_, row) => row);
    weights.set(
      name,
      blocks(
        tables,
        [rows, config.embeddings.dimensions],
        tables.map(() => all),
        places.words,
      ),
    );
  }
  for (const tower of towersOf(config.encoder))
    for (const { name, shape } of towerShapes(config.encoder, config.embeddings.dimensions)) {
      const parts = members.map((member) => member.weights.get(`${tower}.${name}`)!);
      weights.set(
        `${tower}.${name}`,
        joinedWeight(name, parts, shape, places, members.length, config.encoder),
      );
    }
  return { config, weights };
}

function joinedConfig(configs: readonly ModelConfig[]): ModelConfig {
  const { format, similarity, encoder, embeddings } = configs[0]!;
  const sum = (of: (config: ModelConfig) => number): number =>
    configs.reduce((total, config) => total + of(config), 0);
  const joined: EncoderConfig = {
    ...encoder,
    hidden: sum((config) => config.encoder.hidden),
    projection: encoder.projection === null ? null : sum((config) => config.encoder.projection!),
  };
  const dimensions = sum((config) => config.embeddings.dimensions);
  return {
    format,
    similarity,
    encoder: joined,
    embeddings: { ...embeddings, dimensions },
    dimensions: embeddingWidth(joined, dimensions),
  };
}

interface AllPlaces {
  readonly words: Places;
  readonly gates: Places;
  /** One direction of a layer. */
  readonly states: Places;
  /** All directions of a layer, forward first. */
  readonly layer: Places;
  /** What is pooled: the states, and with `skip` the word vectors. */
  readonly pooled: Places;
  readonly projected: Places;
}

function placesOf(configs: readonly ModelConfig[]): AllPlaces {
  const { cell, bidirectional, skip } = configs[0]!.encoder;
  const words = sideBySide(configs.map(({ embeddings }) => embeddings.dimensions));
  const states = sideBySide(configs.map(({ encoder }) => encoder.hidden));
  const hidden = total(states);
  const layer = states.map((own) => (bidirectional ? [...own, ...own.map((unit) => unit + hidden)] : own));
  const gates = cell === 'lstm' ? 4 : 3;
  const pooled =
    cell === 'none'
      ? words
      : layer.map((own, i) => (skip ? [...own, ...words[i]!.map((unit) => unit + total(layer))] : own));
  return {
    words,
    states,
    layer,
    gates: states.map((own) =>
      Array.from({ length: gates }, (_, gate) => own.map((unit) => gate * hidden + unit)).flat(),
    ),
    pooled,
    projected: sideBySide(configs.map(({ encoder }) => encoder.projection ?? 0)),
  };
}

const total = (places: Places): number => places.reduce((sum, own) => sum + own.length, 0);

function sideBySide(sizes: readonly number[]): Places {
  let start = 0;
  return sizes.map((size) => {
    const first = start;
    start += size;
    return Array.from({ length: size }, (_, i) => first + i);
  });
}

function joinedWeight(
  name: string,
  parts: readonly Tensor<Float32Array>[],
  shape: readonly number[],
  places: AllPlaces,
  count: number,
  { cell, skip }: EncoderConfig,
): Tensor<Float32Array> {
  const one = parts.map(() => [0]);
  if (name === 'projection.kernel') return blocks(parts, shape, places.pooled, places.projected);
  if (name === 'projection.bias') {
    const areNormalised = skip && cell !== 'none';
    return blocks(parts, shape, one, places.projected, areNormalised ? 1 / Math.sqrt(count) : 1);
  }
  if (name.endsWith('.kernel'))
    return blocks(parts, shape, name.startsWith('layer0.') ? places.words : places.layer, places.gates);
  if (name.endsWith('.recurrent')) return blocks(parts, shape, places.states, places.gates);
  return blocks(parts, shape, one, places.gates);
}

/** A matrix, or a vector as a matrix of one row, that is 0 where a row of one model meets a column of another. */
function blocks(
  parts: readonly Tensor<Float32Array>[],
  shape: readonly number[],
  rows: Places,
  columns: Places,
  scale = 1,
): Tensor<Float32Array> {
  const width = shape.at(-1)!;
  const data = new Float32Array(shape.reduce((product, size) => product * size, 1));
  for (const [i, part] of parts.entries()) {
    const own = columns[i]!;
    for (const [r, row] of rows[i]!.entries())
      for (const [c, column] of own.entries())
        data[row * width + column] = part.data[r * own.length + c]! * scale;
  }
  return { shape, data };
}
