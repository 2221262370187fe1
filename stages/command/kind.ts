import { defineStage, type JsonObject } from '../../src/stage.ts';

export interface CommandParams {
  readonly run: string | readonly string[];
  readonly deps: readonly string[];
  readonly outputs: readonly string[];
  readonly params: JsonObject;
  readonly env: Readonly<Record<string, string>>;
  readonly pass_env: readonly string[];
  readonly stdout?: string;
  readonly metrics?: string;
}

const NAME = '^[A-Za-z_][A-Za-z0-9_]*$';
/** Relative, with forward slashes, and never upwards. */
const INSIDE = '^(?!/)(?!.*(^|/)\\.\\.(/|$)).+$';

export const stage = defineStage<CommandParams>({
  description:
    "Runs any command. It starts in the spec's folder, finds its inputs as $INPUT_<SLOT>, its parameters as $PARAM_<NAME> and as JSON in the file $PARAMS, and writes its results into the folder $OUTPUT. Its environment holds PATH, HOME and what is declared here, nothing else.",
  parameters: {
    type: 'object',
    additionalProperties: false,
    required: ['run'],
    properties: {
      run: {
        description:
          'The command: a string for /bin/sh (with `set -e`), or a list of program and arguments that no shell touches. Write $VAR for environment variables; ${…} belongs to the spec.',
        anyOf: [
          { type: 'string', minLength: 1 },
          { type: 'array', minItems: 1, items: { type: 'string' } },
        ],
      },
      deps: {
        description:
          'Files, folders or globs that the command reads, scripts included: a change in any of them makes it run again.',
        type: 'array',
        items: { type: 'string', 'x-path': 'input', description: 'A path relative to the spec.' },
        default: [],
      },
      outputs: {
        description:
          'Files or folders that the command has to leave in $OUTPUT; anything else there is not kept. Without a list, all of $OUTPUT is kept.',
        type: 'array',
        items: { type: 'string', pattern: INSIDE, description: 'A path relative to $OUTPUT.' },
        default: [],
      },
      params: {
        description: 'Values for the command, part of the key.',
        type: 'object',
        propertyNames: { pattern: NAME },
        additionalProperties: true,
        default: {},
      },
      env: {
        description: 'Environment variables for the command, part of the key.',
        type: 'object',
        propertyNames: { pattern: NAME },
        additionalProperties: { type: 'string', description: 'The value.' },
        default: {},
      },
      pass_env: {
        description:
          'Names of environment variables handed on as they are and not part of the key: tokens, proxies, devices.',
        type: 'array',
        items: { type: 'string', pattern: NAME, description: 'A variable name.' },
        default: [],
      },
      stdout: {
        description: 'A file in $OUTPUT that takes what the command prints.',
        type: 'string',
        pattern: INSIDE,
      },
      metrics: {
        description:
          "A JSON file in $OUTPUT whose numbers become the stage's metrics; nested names are joined by a dot.",
        type: 'string',
        pattern: INSIDE,
      },
    },
  },
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
