/** Parameters of the command kind: the command, its dependencies, its outputs and its environment. */
import type { FromSchema, JsonSchema } from '../../src/stage.ts';

const NAME = '^[A-Za-z_][A-Za-z0-9_]*$';
/** A relative path with forward slashes that never leaves its folder. */
const INSIDE = '^(?!/)(?!.*(^|/)\\.\\.(/|$)).+$';

export const parameters = {
  type: 'object',
  additionalProperties: false,
  required: ['run'],
  properties: {
    run: {
      description:
        'The command: a string for /bin/sh (with `set -e`), or a list of program and arguments that runs without a shell. Write $VAR for environment variables; ${…} is replaced in the spec.',
      anyOf: [
        { type: 'string', minLength: 1 },
        { type: 'array', minItems: 1, items: { type: 'string' } },
      ],
    },
    deps: {
      description:
        'Files, folders or globs that the command reads, including scripts. The command runs again when any of them changes.',
      type: 'array',
      items: { type: 'string', 'x-path': 'input', description: 'A path relative to the spec.' },
      default: [],
    },
    outputs: {
      description:
        'Files or folders that the command must write to $OUTPUT; anything else there is discarded. Without a list, all of $OUTPUT is kept.',
      type: 'array',
      items: { type: 'string', pattern: INSIDE, description: 'A path relative to $OUTPUT.' },
      default: [],
    },
    params: {
      description: 'Values for the command; part of the key.',
      type: 'object',
      propertyNames: { pattern: NAME },
      additionalProperties: true,
      default: {},
    },
    env: {
      description: 'Environment variables for the command; part of the key.',
      type: 'object',
      propertyNames: { pattern: NAME },
      additionalProperties: { type: 'string', description: 'Value of the variable.' },
      default: {},
    },
    pass_env: {
      description:
        'Names of environment variables that are inherited and not part of the key, such as tokens, proxies and devices.',
      type: 'array',
      items: { type: 'string', pattern: NAME, description: 'Name of a variable.' },
      default: [],
    },
    stdout: {
      description: 'A file in $OUTPUT that receives the standard output of the command.',
      type: 'string',
      pattern: INSIDE,
    },
    metrics: {
      description:
        "A JSON file in $OUTPUT whose values become the stage's metrics; nested names are joined by a dot.",
      type: 'string',
      pattern: INSIDE,
    },
  },
} as const satisfies JsonSchema;

export type CommandParams = FromSchema<typeof parameters>;
