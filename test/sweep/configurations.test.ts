import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { readSweepArguments, splitValues } from '../../src/sweep/arguments.ts';
import { configurationsOf, shortNames } from '../../src/sweep/configurations.ts';
import { checkVariable } from '../../src/spec/check.ts';
import type { SweepRequest } from '../../src/spec/sweep/request-types.ts';
import { catalogueOf, project, SOUND } from '../spec/fixtures.ts';

async function requestOf(sweep: string): Promise<SweepRequest> {
  const { folder } = project(`${SOUND}sweep:\n${sweep.replace(/^/gm, '  ')}\n`);
  const read = await checkVariable(`${folder}/spec.yaml`, { kinds: catalogueOf() });
  if (!read.ok) throw new Error(read.error.map(({ message }) => message).join('\n'));
  return read.value.sweep!;
}

const namesOf = (request: SweepRequest): string[] => configurationsOf(request).map(({ name }) => name);

describe('the configurations of a sweep', () => {
  it('are the product of a grid, named by what varies', async () => {
    const request = await requestOf(
      'grid: { model.loss.margin: [0.1, 0.2], params.dim: [8, 16], tokens.max_vocab: [50] }',
    );
    expect(namesOf(request)).toEqual([
      'margin=0.1 dim=8',
      'margin=0.1 dim=16',
      'margin=0.2 dim=8',
      'margin=0.2 dim=16',
    ]);
    expect(configurationsOf(request)[3]!.values).toEqual({
      'model.loss.margin': 0.2,
      'params.dim': 16,
      'tokens.max_vocab': 50,
    });
  });

  it('are experiments by name, each combined with every point of a grid', async () => {
    const experiments = 'experiments: { plain: {}, wide: { params.dim: 256 } }';
    expect(namesOf(await requestOf(experiments))).toEqual(['plain', 'wide']);
    expect(namesOf(await requestOf(`${experiments}\ngrid: { model.loss.margin: [0, 1] }`))).toEqual([
      'plain margin=0',
      'plain margin=1',
      'wide dim=256 margin=0',
      'wide dim=256 margin=1',
    ]);
  });

  it('are drawn from distributions, the same for the same seed', async () => {
    const random = (more: string): Promise<SweepRequest> =>
      requestOf(`random:
  trials: 40
  ${more}
  space:
    model.loss.margin: { log_uniform: [0.001, 1] }
    params.dim: { int: [8, 64], step: 8 }
    tokens.normalization: { choice: [NFKC, NFC] }
    tokens.max_vocab: { log_int: [10, 1000], when: { tokens.normalization: NFC } }
`);
    const drawn = configurationsOf(await random('seed: 3'));
    expect(drawn).toHaveLength(40);
    expect(configurationsOf(await random('seed: 3')).map(({ values }) => values)).toEqual(
      drawn.map(({ values }) => values),
    );
    expect(configurationsOf(await random('seed: 4'))[0]!.values).not.toEqual(drawn[0]!.values);
    for (const { values } of drawn) {
      expect(values['model.loss.margin']).toSatisfy((x: number) => x >= 0.001 && x <= 1);
      expect(values['params.dim']).toSatisfy((x: number) => x % 8 === 0 && x >= 8 && x <= 64);
      expect('tokens.max_vocab' in values).toBe(values['tokens.normalization'] === 'NFC');
    }
    const low = drawn.filter(({ values }) => Number(values['model.loss.margin']) < 0.0316).length;
    expect(low).toBeGreaterThan(10);
    expect(low).toBeLessThan(30);
  });

  it('stay as they are when there are more trials or another dimension', async () => {
    const space = 'space: { model.loss.margin: { uniform: [0, 1] } }';
    const few = configurationsOf(await requestOf(`random: { trials: 3, ${space} }`));
    const more = configurationsOf(
      await requestOf(`random: { trials: 5, ${space.replace('} }', '}, params.dim: { int: [1, 9] } }')} }`),
    );
    expect(more.slice(0, 3).map(({ values }) => values['model.loss.margin'])).toEqual(
      few.map(({ values }) => values['model.loss.margin']),
    );
  });
});

describe('--set of a sweep', () => {
  it('is one value, several, or a distribution', () => {
    const { fixed, axes, space, faults } = readSweepArguments(
      ['a.x=1', 'a.y=1,2', 'a.z=[1,2],[3]', 'a.l=[1,2]', 'a.r=log_uniform(1e-4,1e-2)', 'a.t="x,y"'],
      '/',
    );
    expect(fixed).toEqual(['a.x=1', 'a.l=[1,2]', 'a.t="x,y"']);
    expect(axes.map(({ path, values }) => [path, values])).toEqual([
      ['a.y', [{ set: 'a.y=1' }, { set: 'a.y=2' }]],
      ['a.z', [{ set: 'a.z=[1,2]' }, { set: 'a.z=[3]' }]],
    ]);
    expect(space[0]!.distribution).toMatchObject({ type: 'log_uniform', from: 1e-4, to: 1e-2 });
    expect(faults).toEqual([]);
  });

  it('says what is wrong with a distribution', () => {
    const { faults } = readSweepArguments(['a.r=uniform(2,1)'], '/');
    expect(faults[0]!.message).toBe('`uniform` must be two numbers, the smaller first, got 2 and 1');
  });

  it('is split so that joining gives it back', () => {
    const value = fc.constantFrom('1', 'a b', '[1,2]', '{x: [1,2]}', '"p,q"', "'r,s'");
    fc.assert(
      fc.property(fc.array(value, { minLength: 1 }), (values) => {
        expect(splitValues(values.join(','))).toEqual(values);
      }),
    );
  });
});

it('short names are the shortest ends that differ', () => {
  expect(Object.fromEntries(shortNames(['model.loss.margin', 'other.loss.margin', 'params.dim']))).toEqual({
    'model.loss.margin': 'model.loss.margin',
    'other.loss.margin': 'other.loss.margin',
    'params.dim': 'dim',
  });
});
