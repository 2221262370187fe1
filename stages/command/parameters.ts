/** What a command stage can be told: the command, what it reads and writes, and its environment. */
import type { FromSchema, JsonSchema } from '../../src/stage.ts';

const NAME = '^[A-Za-z_][A-Za-z0-9_]*$';
/** Relative, with forward slashes, and never upwards. */
const INSIDE = '^(?!/)(?!.*(^|/)\\.\\.(/|$)).+$';

export const parameters = {
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
} as const satisfies JsonSchema;

export type CommandParams = FromSchema<typeof parameters>;
