import { defineStage } from '../../src/stage.ts';
import { parameters, type ImportModelParams } from './parameters.ts';

export const stage = defineStage<ImportModelParams>({
  description:
    'Reads a trained model from a folder that `pipeline export` wrote, or from another store, so that a spec can embed with it. Give its result to `tokenize` as `vocabulary` too.',
  parameters,
  inputs: {},
  output: 'model',
  metrics: ['vocabulary', 'dimensions'],
  run: async (context) => (await import('./run.ts')).run(context),
});
