/** What a loss is to the registry: its name, the JSON Schema of its parameters and how it is made of them. */
import type { Similarity } from '../../formats/embeddings.ts';
import type { Loss } from './loss.ts';

const distance = {
  description: 'Distance or similarity of two embeddings, in training and in all later stages.',
  enum: ['cosine', 'euclidean', 'dot'],
  default: 'cosine',
} as const;

/** Of the losses that have one. */
export const margin = {
  description:
    'Margin: how much closer to the query the positive must be than a negative. Cosine distances are between 0 and 2.',
  type: 'number',
  minimum: 0,
  maximum: 1_000_000,
  default: 0.2,
} as const;

export interface MarginParams {
  readonly margin: number;
}

/** Of the losses that learn from teacher scores; what they are given as the teacher's margins is already scaled. */
export const teacherScale = {
  description:
    'Factor of the teacher’s score margins. `auto` is 1, unless the similarity is cosine and the scores are those of BM25 ' +
    'or a fusion: then the margins of each set are scaled to a root mean square of 0.3, which cosines can reach.',
  anyOf: [{ const: 'auto' }, { type: 'number', exclusiveMinimum: 0, maximum: 1_000_000 }],
  default: 'auto',
} as const;

interface Definition<Own, Params> {
  readonly description: string;
  /** Schemas of its own parameters; the types stay exact, so that the type of a spec can be worked out from them. */
  readonly properties: Own;
  readonly create: (params: Params) => Loss;
  /** Where the kernels have the loss: the in-batch softmax of these scores. */
  readonly softmax?: (params: Params) => InBatchSoftmax | undefined;
}

export interface InBatchSoftmax {
  readonly temperature: number;
}

/** Importing the file of a loss must stay cheap: of TensorFlow.js it imports types only. */
export const defineLoss = <const Name extends string, const Own extends object, Params extends object>(
  name: Name,
  { description, properties, create, softmax = () => undefined }: Definition<Own, Params>,
) => ({
  name,
  schema: {
    type: 'object',
    description,
    additionalProperties: false,
    required: ['name'],
    properties: { name: { description, const: name }, distance, ...properties },
  } as const,
  create,
  softmax,
});

/** What a spec's `loss` holds for a loss. */
export type ParamsOf<Kind> = Kind extends {
  readonly name: infer Name;
  readonly create: (params: infer Params) => Loss;
}
  ? { readonly name: Name; readonly distance: Similarity } & Params
  : never;
