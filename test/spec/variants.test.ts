import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkVariable } from '../../src/spec/check.ts';
import { errorAt } from '../../src/spec/text/source.ts';
import { scalarNode } from '../../src/spec/text/tree.ts';
import type { KindDeclaration } from '../../src/stage.ts';
import { catalogueOf, project, stage, type Project } from './fixtures.ts';

const number = { type: 'number', description: 'A number.' };
const variant = (name: string, properties: object): object => ({
  type: 'object',
  additionalProperties: false,
  required: ['name'],
  properties: { name: { const: name, description: 'The loss.' }, ...properties },
});
const train: KindDeclaration = {
  description: 'Trains.',
  parameters: {
    type: 'object',
    additionalProperties: false,
    properties: {
      loss: {
        type: 'object',
        required: ['name'],
        discriminator: { propertyName: 'name' },
        oneOf: [
          variant('triplet', { margin: number, weight: number }),
          variant('mnr', { scale: number, weight: number }),
        ],
        description: 'The loss.',
      },
    },
  },
  inputs: {},
  output: 'model',
};
const kinds = catalogueOf({ train });

const BASE = `stages:
  model:
    uses: train
    with: { loss: { name: triplet, margin: 0.2, weight: 2 } }
`;
const NOTICE = "'margin' of 'model.loss' dropped: name is now 'mnr', which has no such parameter";

async function lossOf(files: Project, options: object, file?: string): Promise<unknown> {
  return stage(await files.load({ kinds, ...options }, file), 'model').with['loss'];
}

test.each([
  ['--set', { set: ['model.loss.name=mnr'] }, 'spec.yaml'],
  ['extends', {}, 'over.yaml'],
  ['a params file', { params: 'params.yaml' }, 'spec.yaml'],
])(
  '%s changes the variant: what it knows is kept, the rest dropped with a warning',
  async (_, given, file) => {
    const files = project({
      'spec.yaml': BASE,
      'over.yaml': 'extends: spec.yaml\nstages: { model: { with: { loss: { name: mnr } } } }\n',
      'params.yaml': 'stages: { model: { loss: { name: mnr } } }\n',
    });
    const options = 'params' in given ? { paramsFile: join(files.folder, 'params.yaml') } : given;
    expect(await lossOf(files, options, file)).toEqual({ name: 'mnr', weight: 2 });
    const found = await files.diagnostics({ kinds, ...options }, file);
    expect(found.map(({ severity, message }) => [severity, message])).toEqual([['warning', NOTICE]]);
  },
);

test('a sweep changes the variant in the same way, and tells so', async () => {
  const files = project(BASE);
  const read = await checkVariable(join(files.folder, 'spec.yaml'), { kinds });
  if (!read.ok) throw new Error('the spec is sound');
  const at = { source: { file: 'spec.yaml', directory: files.folder, text: 'mnr' }, start: 0, end: 3 };
  const varied = await read.value.vary([{ path: 'model.loss.name', at, value: scalarNode('mnr', at) }]);
  if (!varied.ok) throw new Error(varied.error[0]!.message);
  expect(stage(varied.value.spec, 'model').with['loss']).toEqual({ name: 'mnr', weight: 2 });
  expect(varied.value.warnings.map(({ message }) => message)).toEqual([NOTICE]);
  expect(varied.value.warnings[0]!.location).toEqual(errorAt(at, '').location);
});

test('the last change counts: a variant can be changed and changed back', async () => {
  const files = project({
    'spec.yaml': BASE,
    'over.yaml': 'extends: spec.yaml\nstages: { model: { with: { loss: { name: mnr, scale: 20 } } } }\n',
  });
  expect(await lossOf(files, { set: ['model.loss.name=triplet'] }, 'over.yaml')).toEqual({
    name: 'triplet',
    margin: 0.2,
    weight: 2,
  });
});

test.each([[['name=mnr', 'margin=0.5']], [['margin=0.5', 'name=mnr']]])(
  'what is given together with the variant is never dropped: %s',
  async (texts) => {
    const set = texts.map((text) => `model.loss.${text}`);
    const found = await project(BASE).diagnostics({ kinds, set });
    expect(found.map(({ severity, message, hint }) => [severity, message, hint])).toEqual([
      [
        'error',
        "'loss' has no parameter 'margin'",
        "Remove 'margin', or write `name: triplet`, which has it.",
      ],
    ]);
  },
);

test('a mix of variants written by hand is an error that names both remedies', async () => {
  const printed = await project(BASE.replace('name: triplet', 'name: mnr')).printed({ kinds });
  expect(printed).toContain("'loss' has no parameter 'margin'");
  expect(printed).toContain("Remove 'margin', or write `name: triplet`, which has it.");
});

test('a parameter that no variant has stays an error', async () => {
  const files = project(BASE.replace('margin', 'margn'));
  const found = await files.diagnostics({ kinds, set: ['model.loss.name=mnr'] });
  expect(found.map(({ severity, message }) => [severity, message])).toEqual([
    ['error', "'loss' has no parameter 'margn'"],
  ]);
});
