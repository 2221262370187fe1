import { defineStage } from '../../src/stage.ts';
import { parameters, type CommandParams } from './parameters.ts';

export const stage = defineStage<CommandParams>({
  description:
    "Runs any command. It starts in the spec's folder, finds its inputs as $INPUT_<SLOT>, its parameters as $PARAM_<NAME> and as JSON in the file $PARAMS, and writes its results into the folder $OUTPUT. Its environment holds PATH, HOME and what is declared here, nothing else.",
  parameters,
  inputs: {
    '*': {
      type: 'any',
      description:
        'Any artifact, by a name of your own; its folder is $INPUT_<NAME>. Of a list of stages, the folders with colons between them.',
      optional: true,
      many: true,
    },
  },
  output: 'files',
  run: async (context) => (await import('./run.ts')).runCommand(context),
});
