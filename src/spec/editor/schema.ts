/** The JSON Schema of a whole spec, for completion, hover texts and validation in editors (`yaml-language-server`). */
import type { KindCatalogue } from '../../kinds/kind.ts';
import type { InputSlot, JsonSchema, KindDeclaration } from '../../stage.ts';
import { editorSchema, orReference, partialSchema, REFERENCE } from './editor-schema.ts';
import { EXECUTION_PROPERTIES } from './schema-execution.ts';
import { SWEEP_SCHEMA } from './schema-sweep.ts';
import { ENGINE_VALUES } from '../text/vocabulary.ts';

const MODULE_PATH = '^(\\.{1,2}/|/).*\\.[cm]?[jt]s$';

/** Draft-07, which YAML language servers support best. */
export function specSchema(catalogue: KindCatalogue): JsonSchema {
  const kinds = catalogue.names.map((name) => [name, catalogue.builtIn(name)!.declaration] as const);
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Pipeline spec',
    description: 'An experiment: stages with their inputs and parameters.',
    type: 'object',
    additionalProperties: false,
    properties: topLevel(kinds),
    patternProperties: { '^x-': { description: 'Ignored: a place for YAML anchors.' } },
    // A file that extends a base may be partial; a file without a base must be complete.
    if: { anyOf: [{ required: ['extends'] }, { required: ['include'] }] },
    then: { properties: { stages: { additionalProperties: { $ref: '#/definitions/changed-stage' } } } },
    else: {
      required: ['stages'],
      properties: { stages: { minProperties: 1, additionalProperties: { $ref: '#/definitions/stage' } } },
    },
    definitions: {
      reference: REFERENCE,
      stage: { ...stageSchema(kinds, 'whole'), required: ['uses'] },
      'changed-stage': { anyOf: [{ type: 'null' }, stageSchema(kinds, 'changed')] },
      ...Object.fromEntries(
        kinds.flatMap(([name, { parameters }]) => [
          [`${name}-with`, orReference(editorSchema(parameters))],
          [`${name}-changes`, partialSchema(parameters)],
        ]),
      ),
    },
  };
}

type Kinds = readonly (readonly [name: string, declaration: KindDeclaration])[];

function topLevel(kinds: Kinds): JsonSchema {
  const bases = {
    description:
      'Base specs, relative to this file, which overrides them. Mappings are merged, other values are replaced, and null removes a value.',
    anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }],
  };
  return {
    name: { description: 'Name of the experiment; the file name by default.', type: 'string' },
    description: { description: 'Description of the experiment.', type: 'string' },
    extends: bases,
    include: { ...bases, description: `The same as \`extends\`. ${bases.description}` },
    params: {
      description:
        'Your own parameters, for ${params.name} anywhere in the spec and --set params.name=value.',
      type: ['object', 'null'],
    },
    engine: {
      description: 'The engine for floating-point computation.',
      ...orReference({
        type: 'object',
        additionalProperties: false,
        properties: {
          backend: choice('The backend; auto uses TensorFlow if it is installed.', ENGINE_VALUES.backend),
          precision: choice(
            'fast allows fused multiply-add, which is faster but changes the bytes of results.',
            ENGINE_VALUES.precision,
          ),
        },
      }),
    },
    strict: {
      description:
        'If true, a command that reads a file of the project that it does not declare fails, with the name of the file. Not part of any key.',
      default: false,
      ...orReference({ type: 'boolean' }),
    },
    sweep: SWEEP_SCHEMA,
    stages: {
      description: `The stages by name. A stage runs when all its inputs are available. Kinds: ${kinds.map(([name]) => name).join(', ')}.`,
      type: 'object',
      propertyNames: { pattern: '^(?!(params|engine)$)[A-Za-z_][A-Za-z0-9_-]*$' },
    },
  };
}

function choice(description: string, values: readonly string[]): JsonSchema {
  return { description, default: values[0], ...orReference({ enum: values }) };
}

function stageSchema(kinds: Kinds, extent: 'whole' | 'changed'): JsonSchema {
  return {
    type: 'object',
    additionalProperties: false,
    properties: {
      uses: {
        description:
          'The kind of the stage: a built-in one, or the path of your own module, which begins with ./.',
        anyOf: [
          ...kinds.map(([name, { description }]) => ({ const: name, description })),
          {
            type: 'string',
            pattern: MODULE_PATH,
            description: 'A module that exports `stage = defineStage({...})`.',
          },
          { $ref: '#/definitions/reference' },
        ],
      },
      description: { description: 'Description of the stage.', type: 'string' },
      ...EXECUTION_PROPERTIES,
      inputs: {
        description: 'Maps inputs to the stages that feed them: a name, or a list of names.',
        type: ['object', 'null', 'string'],
      },
      with: { description: 'Parameters of the kind.', type: ['object', 'null', 'string'] },
    },
    allOf: kinds.map(([name, declaration]) => ({
      if: { required: ['uses'], properties: { uses: { const: name } } },
      then: kindRules(name, declaration, extent),
    })),
  };
}

function kindRules(
  name: string,
  { inputs, parameters, description }: KindDeclaration,
  extent: 'whole' | 'changed',
): JsonSchema {
  const slots = Object.entries(inputs);
  const whole = extent === 'whole';
  const needed = whole
    ? slots.filter(([slot, { optional }]) => slot !== '*' && !optional).map(([slot]) => slot)
    : [];
  const needsParameters = whole && Array.isArray(parameters['required']) && parameters['required'].length > 0;
  const required = [...(needed.length > 0 ? ['inputs'] : []), ...(needsParameters ? ['with'] : [])];
  return {
    properties: {
      inputs: orReference({
        type: ['object', ...(needed.length > 0 ? [] : ['null'])],
        properties: Object.fromEntries(
          slots.filter(([slot]) => slot !== '*').map(([slot, each]) => [slot, slotSchema(each, whole)]),
        ),
        additionalProperties: inputs['*'] ? slotSchema(inputs['*'], whole) : false,
        required: needed,
      }),
      with: {
        description,
        anyOf: [
          { $ref: `#/definitions/${name}-${whole ? 'with' : 'changes'}` },
          ...(needsParameters ? [] : [{ type: 'null' }]),
        ],
      },
    },
    required,
  };
}

function slotSchema({ description, type, many, optional }: InputSlot, whole: boolean): JsonSchema {
  const types = typeof type === 'string' ? [type] : type;
  const stage = { type: 'string', description: 'The name of a stage.' };
  return {
    description: `${description} Takes ${many ? 'stages' : 'a stage'} of type ${types.join(' or ')}.`,
    anyOf: [
      stage,
      ...(many ? [{ type: 'array', items: stage, ...(optional ? {} : { minItems: 1 }) }] : []),
      ...(whole && !optional ? [] : [{ type: 'null' }]),
    ],
  };
}
