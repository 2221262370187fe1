import { defineStage } from '../../src/stage.ts';
import { parameters, type CommandParams } from './parameters.ts';

export const stage = defineStage<CommandParams>({
  description:
    "Runs any command. It starts in the spec's folder, finds its inputs as $INPUT_<SLOT>, its parameters as $PARAM_<NAME> and as JSON in the file $PARAMS, and writes its results to the folder $OUTPUT. From the surrounding environment it inherits only PATH, HOME and `pass_env`.",
  parameters,
  inputs: {
    '*': {
      type: 'any',
      description:
        'Any artifact, under a name of your choice; its folder is $INPUT_<NAME>. For a list of stages, the folders are joined by colons.',
      optional: true,
      many: true,
    },
  },
  output: 'files',
  metrics: ['*{metrics?}'],
  onlyRunsPrograms: true,
  run: async (context) => (await import('./run.ts')).runCommand(context),
});
