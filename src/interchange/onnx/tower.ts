/**
 * One tower of a model as an ONNX graph: `ids` int64 [batch, tokens], `lengths` int32 [batch] and for models with n-grams
 * `new_words` float32 [words, dimensions] → `embedding` float32 [batch, dimensions]. Ids after the length of a text are ignored; a text without tokens gets zeros. It computes what
 * src/engine/model/inference-model.ts computes, up to the order of the sums.
 */
import { EMBEDDINGS, type EncoderConfig, type ModelConfig, type ModelWeights } from '../../formats/model.ts';
import { towerFor, type Side } from '../../engine/model/towers.ts';
import { createGraph, type Graph, type Value } from './graph.ts';
import { recurrentLayers, type States, type Weight } from './recurrent.ts';

/** As in src/engine/model/similarity.ts. */
const SMALLEST_SQUARE = 1e-12;
const VERY_LOW = -1e30;

/** The bytes of an .onnx file. `metadata` is stored with it as key and value. */
export function towerGraph(
  config: ModelConfig,
  weights: ModelWeights,
  side: Side,
  metadata: Readonly<Record<string, string>> = {},
): Buffer {
  const { encoder, embeddings, dimensions } = config;
  const graph = createGraph(`two-tower ${side} encoder`);
  const tower = towerFor(encoder, side);
  const weight: Weight = (name) => weights.get(`${tower}.${name}`)!.data;
  const ids = graph.input({ name: 'ids', type: 'int64', shape: ['batch', 'tokens'] });
  const lengths = graph.input({ name: 'lengths', type: 'int32', shape: ['batch'] });
  const embedded = embeddingsOf(graph, config, weights, ids);
  const texts = masksOf(graph, ids, lengths);

  const width = embeddings.dimensions;
  const itself: States = { all: embedded, last: lastTokens(graph, embedded, texts), width };
  const parts: Value[] = [];
  if (encoder.cell === 'none') parts.push(pool(graph, encoder, itself, texts, weight, ''));
  else {
    const { cell } = encoder;
    const states = recurrentLayers(
      graph,
      { ...encoder, cell },
      { embedded, lengths: texts.someLength, input: width },
      weight,
    );
    parts.push(pool(graph, encoder, states, texts, weight, ''));
    if (encoder.skip) parts.push(pool(graph, encoder, itself, texts, weight, 'skip.'));
  }
  const pooled =
    parts.length === 1
      ? parts[0]!
      : graph.operation(
          'Concat',
          parts.map((part) => normalised(graph, part)),
          { axis: 1 },
        );
  const projected = encoder.projection === null ? pooled : project(graph, pooled, weight, encoder.projection);
  const result = config.similarity === 'cosine' ? normalised(graph, projected) : projected;
  return graph.finish(result, { name: 'embedding', type: 'float', shape: ['batch', dimensions] }, metadata);
}

/**
 * The rows of the table. A model with n-grams has a third input, `new_words` float32 [words, dimensions]: the vectors of
 * words without a row, whose ids follow those of the table.
 */
function embeddingsOf(graph: Graph, { embeddings }: ModelConfig, weights: ModelWeights, ids: Value): Value {
  const { rows, dimensions, ngrams } = embeddings;
  const table = graph.constant(weights.get(EMBEDDINGS)!.data, [rows, dimensions], EMBEDDINGS);
  if (!ngrams) return graph.operation('Gather', [table, ids]);
  const given = graph.input({ name: 'new_words', type: 'float', shape: ['words', dimensions] });
  const known = graph.operation('Gather', [table, graph.operation('Min', [ids, graph.integers(rows - 1)])]);
  // A row of zeros before the new words, so that there may be none of them.
  const zeros = graph.constant(new Float32Array(dimensions), [1, dimensions]);
  const vectors = graph.operation('Concat', [zeros, given], { axis: 0 });
  const behind = graph.operation('Sub', [ids, graph.integers(rows - 1)]);
  const place = graph.operation('Max', [behind, graph.integers(0)]);
  const isNew = graph.operation('Unsqueeze', [
    graph.operation('Greater', [behind, graph.integers(0)]),
    graph.integers([2]),
  ]);
  return graph.operation('Where', [isNew, graph.operation('Gather', [vectors, place]), known]);
}

interface Texts {
  /** [batch, tokens, 1], bool: tokens of the text. */
  readonly mask: Value;
  /** The same as float. */
  readonly ones: Value;
  /** [batch, 1], bool: texts with a token. */
  readonly some: Value;
  /** [batch, 1], float: tokens, at least 1. */
  readonly count: Value;
  /** [batch], int32: tokens, at least 1. */
  readonly someLength: Value;
  /** [batch, tokens, 1], float: 1 at the last token. */
  readonly final: Value;
}

function masksOf(graph: Graph, ids: Value, lengths: Value): Texts {
  const tokens = graph.operation('Gather', [graph.operation('Shape', [ids]), graph.integers(1)]);
  const positions = graph.operation('Range', [graph.integers(0), tokens, graph.integers(1)]);
  const long = graph.operation('Cast', [lengths], { to: 7 });
  const column = graph.operation('Unsqueeze', [long, graph.integers([1])]);
  const last = graph.operation('Sub', [column, graph.integers(1)]);
  const within = graph.operation('Less', [positions, column]);
  const deep = (value: Value): Value => graph.operation('Unsqueeze', [value, graph.integers([2])]);
  const float = (value: Value): Value => graph.operation('Cast', [value], { to: 1 });
  const one = graph.constant(Int32Array.of(1), []);
  return {
    mask: deep(within),
    ones: float(deep(within)),
    some: graph.operation('Greater', [column, graph.integers(0)]),
    count: graph.operation('Max', [float(column), graph.scalar(1)]),
    someLength: graph.operation('Max', [lengths, one]),
    final: float(deep(graph.operation('Equal', [positions, last]))),
  };
}

/** [batch, width]: the vector at the last token of each text. */
function lastTokens(graph: Graph, embedded: Value, { final }: Texts): Value {
  return sumOver(graph, graph.operation('Mul', [embedded, final]));
}

const sumOver = (graph: Graph, value: Value): Value =>
  graph.operation('ReduceSum', [value, graph.integers([1])], { keepdims: 0 });

/** [batch, width]; zeros for a text without tokens. */
function pool(
  graph: Graph,
  { pooling }: EncoderConfig,
  { all, last, width }: States,
  { mask, ones, some, count }: Texts,
  weight: Weight,
  prefix: string,
): Value {
  const orZero = (value: Value): Value => graph.operation('Where', [some, value, graph.scalar(0)]);
  const hidden = (value: Value): Value => graph.operation('Where', [mask, value, graph.scalar(VERY_LOW)]);
  switch (pooling) {
    case 'last':
      return orZero(last);
    case 'mean':
      return graph.operation('Div', [sumOver(graph, graph.operation('Mul', [all, ones])), count]);
    case 'max':
      return orZero(graph.operation('ReduceMax', [hidden(all)], { axes: [1], keepdims: 0 }));
    case 'attention': {
      const vector = graph.constant(weight(`${prefix}attention`), [width, 1], `${prefix}attention`);
      const scores = hidden(graph.operation('MatMul', [all, vector]));
      const shares = graph.operation('Softmax', [scores], { axis: 1 });
      return orZero(sumOver(graph, graph.operation('Mul', [all, shares])));
    }
  }
}

/** Rows of length 1. */
function normalised(graph: Graph, value: Value): Value {
  const square = graph.operation('ReduceSumSquare', [value], { axes: [1], keepdims: 1 });
  const bounded = graph.operation('Max', [square, graph.scalar(SMALLEST_SQUARE)]);
  return graph.operation('Div', [value, graph.operation('Sqrt', [bounded])]);
}

function project(graph: Graph, pooled: Value, weight: Weight, size: number): Value {
  const kernel = weight('projection.kernel');
  const matrix = graph.constant(kernel, [kernel.length / size, size], 'projection.kernel');
  const bias = graph.constant(weight('projection.bias'), [size], 'projection.bias');
  return graph.operation('Add', [graph.operation('MatMul', [pooled, matrix]), bias]);
}
