import type { FromSchema } from '../../src/stage.ts';

export const parameters = {
  type: 'object',
  properties: {
    path: {
      description:
        'Folder of a trained model: what `pipeline export --to onnx` or `--to huggingface` wrote, or a model artifact.',
      type: 'string',
      minLength: 1,
      'x-path': 'input',
    },
  },
  required: ['path'],
  additionalProperties: false,
} as const;

export type ImportModelParams = FromSchema<typeof parameters>;
