/** The JSON Schema of a whole spec, for editors: completion, hover texts and squiggles (`yaml-language-server`). */
import type { KindCatalogue } from '../../kinds/kind.ts';
import type { InputSlot, JsonSchema, KindDeclaration } from '../../stage.ts';
import { editorSchema, orReference, partialSchema, REFERENCE } from './editor-schema.ts';
import { EXECUTION_PROPERTIES } from './schema-execution.ts';
import { SWEEP_SCHEMA } from './schema-sweep.ts';
import { ENGINE_VALUES } from '../text/vocabulary.ts';

const MODULE_PATH = '^(\\.{1,2}/|/).*\\.[cm]?[jt]s$';

/** Draft-07, which the YAML language servers of editors know best. */
export function specSchema(catalogue: KindCatalogue): JsonSchema {
  const kinds = catalogue.names.map((name) => [name, catalogue.builtIn(name)!.declaration] as const);
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Pipeline spec',
    description: 'An experiment: stages, what feeds them, and their parameters.',
    type: 'object',
    additionalProperties: false,
    properties: topLevel(kinds),
    patternProperties: { '^x-': { description: 'Yours: not read. A place for YAML anchors.' } },
    // A file over a base holds only what differs; without one, everything has to be there.
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
      'Base specs, relative to this file: this file is laid over them. Mappings merge, other values replace, null takes away.',
    anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }],
  };
  return {
    name: { description: "What runs are listed under; the file's name by default.", type: 'string' },
    description: { description: 'What the experiment is about.', type: 'string' },
    extends: bases,
    include: { ...bases, description: `The same as \`extends\`. ${bases.description}` },
    params: {
      description: 'Values of your own, for ${params.name} anywhere in the spec and --set params.name=value.',
      type: ['object', 'null'],
    },
    engine: {
      description: 'What computes with floating-point numbers.',
      ...orReference({
        type: 'object',
        additionalProperties: false,
        properties: {
          backend: choice(
            'What computes: auto takes TensorFlow where it is installed.',
            ENGINE_VALUES.backend,
          ),
          precision: choice(
            'fast allows fused multiply-add: quicker, with other bytes than exact.',
            ENGINE_VALUES.precision,
          ),
        },
      }),
    },
    sweep: SWEEP_SCHEMA,
    stages: {
      description: `The stages by name; a stage runs when all that feeds it is there. Kinds: ${kinds.map(([name]) => name).join(', ')}.`,
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
          'The kind of the stage: a built-in one, or a module of yours as a path that begins with ./',
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
      description: { description: 'What the stage is for.', type: 'string' },
      ...EXECUTION_PROPERTIES,
      inputs: {
        description: 'Input → the stage that feeds it, or a list of stages.',
        type: ['object', 'null', 'string'],
      },
      with: { description: 'The parameters of the kind.', type: ['object', 'null', 'string'] },
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
    description: `${description} Takes ${many ? 'stages' : 'a stage'} giving ${types.join(' or ')}.`,
    anyOf: [
      stage,
      ...(many ? [{ type: 'array', items: stage, ...(optional ? {} : { minItems: 1 }) }] : []),
      ...(whole && !optional ? [] : [{ type: 'null' }]),
    ],
  };
}
