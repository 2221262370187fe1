/** `--set` and `sweep:` change the inputs and the kind of a stage, not its parameters alone. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkVariable } from '../../src/spec/check.ts';
import { configurationsOf } from '../../src/sweep/configurations.ts';
import { catalogueOf, DECLARATIONS, project, SOUND, stage } from './fixtures.ts';

const TWO = `${SOUND}  harder:
    uses: mine
    inputs: { tokens: tokens }
    with: { negatives: [{ from: bm25 }] }
  again: { uses: tokenize, inputs: { corpus: corpus } }
`;
const MORE = { ...DECLARATIONS, distil: DECLARATIONS['train']!, plain: DECLARATIONS['report']! };

describe('--set', () => {
  it('feeds an input from another stage', async () => {
    const spec = await project(TWO).load({ set: ['model.inputs.triplets=harder'] });
    expect(stage(spec, 'model').inputs).toEqual({ triplets: ['harder'] });
  });

  it('adds an optional input, and null removes one', async () => {
    const first = `${TWO}  first: { uses: train, inputs: { triplets: triplets } }\n`;
    const added = await project(first).load({ set: ['model.inputs.start=first'] });
    expect(stage(added, 'model').inputs['start']).toEqual(['first']);
    const set = ['model.inputs.start=first', 'model.inputs.start=null'];
    expect(stage(await project(first).load({ set }), 'model').inputs).not.toHaveProperty('start');
  });

  it('changes the kind, and keeps the parameters that the new kind has too', async () => {
    const spec = await project(TWO).load({ kinds: catalogueOf(MORE), set: ['model.uses=distil'] });
    expect(stage(spec, 'model').kind.name).toBe('distil');
    expect(stage(spec, 'model').with).toMatchObject({ dimensions: 64 });
  });

  it('that changes the kind drops what the new one does not have, with a warning', async () => {
    const files = project(TWO);
    const options = { kinds: catalogueOf(MORE), set: ['model.uses=plain', 'model.inputs.parts=tokens'] };
    const model = stage(await files.load(options), 'model');
    expect(model.inputs).toEqual({ parts: ['tokens'] });
    expect(model.with).toEqual({});
    expect((await files.diagnostics(options)).map(({ message }) => message)).toEqual([
      "'triplets' of 'model' dropped: uses is now 'plain', which has no such input",
      "'dimensions' of 'model' dropped: uses is now 'plain', which has no such parameter",
    ]);
  });

  it('says what is wrong with a name that is given together with the kind', async () => {
    const options = { kinds: catalogueOf(MORE), set: ['model.uses=distil', 'model.depth=3'] };
    const [found] = await project(TWO).diagnostics(options);
    expect(found).toMatchObject({ severity: 'error', location: { file: '--set', text: 'model.depth=3' } });
  });

  it('sets a parameter that the spec gives under the name of a field', async () => {
    const own = { ...DECLARATIONS, own: { ...DECLARATIONS['report']!, parameters: OPEN } };
    const text = `${SOUND}  own: { uses: own, inputs: { parts: tokens }, with: { inputs: { a: 1 }, uses: 2 } }\n`;
    const set = ['own.inputs.a=5', 'own.uses=6'];
    const { kind, with: parameters } = stage(
      await project(text).load({ kinds: catalogueOf(own), set }),
      'own',
    );
    expect(kind.name).toBe('own');
    expect(parameters).toEqual({ inputs: { a: 5 }, uses: 6 });
  });

  it('names a parameter in full as `stage.with.parameter`', async () => {
    const spec = await project(TWO).load({ set: ['model.with.dimensions=7'] });
    expect(stage(spec, 'model').with['dimensions']).toBe(7);
  });

  it.each([
    ['model.inputs.triplets=hardr', "there is no stage 'hardr'", 23],
    ['model.inputs.triples=harder', "train has no input 'triples'", 14],
    ['model.uses=trian', "there is no stage kind 'trian'", 12],
    ['model.inputs.triplets=tokens', undefined, 23],
  ])('points at the mistake in %s', async (set, message, column) => {
    const faults = await project(TWO).diagnostics({ set: [set] });
    const fault = faults.find(({ location }) => location?.file === '--set');
    if (message !== undefined) expect(fault?.message).toContain(message);
    expect(fault).toMatchObject({ severity: 'error', location: { line: 1, column } });
  });
});

const OPEN = { type: 'object', additionalProperties: true, properties: {} };

it('a spec that extends another changes the kind in the same way', async () => {
  const files = project({
    'spec.yaml': TWO,
    'over.yaml': `extends: spec.yaml
stages: { model: { uses: plain, inputs: { parts: tokens } } }
`,
    'same.yaml': `extends: spec.yaml
stages: { model: { uses: train } }
`,
  });
  const kinds = catalogueOf(MORE);
  expect(stage(await files.load({ kinds }, 'over.yaml'), 'model').inputs).toEqual({ parts: ['tokens'] });
  expect(stage(await files.load({ kinds }, 'same.yaml'), 'model').with).toMatchObject({ dimensions: 64 });
});

describe('a sweep', () => {
  const opened = async (sweep: string) => {
    const { folder } = project(`${TWO}sweep:\n${sweep}`);
    return checkVariable(join(folder, 'spec.yaml'), { kinds: catalogueOf(MORE) });
  };

  it('varies inputs and kinds in its grid, each combination once', async () => {
    const read = await opened(
      '  grid: { model.inputs.triplets: [triplets, harder], model.uses: [train, distil] }\n',
    );
    if (!read.ok) throw new Error('the spec is sound');
    const configurations = configurationsOf(read.value.sweep!);
    expect(configurations.map(({ name }) => name)).toEqual([
      'triplets=triplets model.uses=train',
      'triplets=triplets model.uses=distil',
      'triplets=harder model.uses=train',
      'triplets=harder model.uses=distil',
    ]);
    const last = await read.value.vary(configurations[3]!.overrides);
    if (!last.ok) throw new Error('the configuration is sound');
    expect(stage(last.value.spec, 'model')).toMatchObject({
      kind: { name: 'distil' },
      inputs: { triplets: ['harder'] },
    });
  });

  it('varies them in experiments, lists of stages included', async () => {
    const read = await opened(
      '  experiments: { joined: { model.uses: plain, model.inputs.parts: [tokens, again] } }\n',
    );
    if (!read.ok) throw new Error('the spec is sound');
    const [joined] = configurationsOf(read.value.sweep!);
    const varied = await read.value.vary(joined!.overrides);
    if (!varied.ok) throw new Error('the configuration is sound');
    expect(stage(varied.value.spec, 'model').inputs).toEqual({ parts: ['tokens', 'again'] });
    expect(varied.value.warnings).toHaveLength(2);
  });

  it('points at a stage, an input or a kind that there is not', async () => {
    const read = await opened(
      '  experiments:\n' +
        '    a: { model.inputs.triplets: hardr }\n' +
        '    b: { model.inputs.triples: harder }\n' +
        '    c: { model.uses: trian }\n',
    );
    if (!read.ok) throw new Error('the spec is sound');
    const faults = [];
    for (const { overrides } of configurationsOf(read.value.sweep!)) {
      const varied = await read.value.vary(overrides);
      if (!varied.ok) faults.push(...varied.error.slice(0, 1));
    }
    expect(faults.map(({ message, location }) => `${location!.line}:${location!.column} ${message}`)).toEqual(
      [
        "25:33 there is no stage 'hardr'",
        "26:10 train has no input 'triples'",
        "27:22 there is no stage kind 'trian'",
      ],
    );
  });
});
