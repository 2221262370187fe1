import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import type { KindCatalogue } from '../../src/kinds/kind.ts';
import { catalogueOf, DECLARATIONS, project, SOUND, stage, type Options, type Project } from './fixtures.ts';

const files = { 'base.yaml': SOUND, 'spec.yaml': 'extends: base.yaml\nparams: { dim: "${env.DIM:-8}" }\n' };

/** Whether a load was answered from memory: only the full check asks for the list of kinds' names or `*` slots. */
function watched(catalogue: KindCatalogue = catalogueOf()): { kinds: KindCatalogue; asked: () => number } {
  const builtIn = vi.fn((name: string) => catalogue.builtIn(name));
  return { kinds: { ...catalogue, builtIn }, asked: () => builtIn.mock.calls.length };
}

function cached({ folder }: Project, options: Options = {}): Options {
  return { cacheDir: join(folder, 'cache'), ...options };
}

const records = ({ folder }: Project): string[] => readdirSync(join(folder, 'cache/specs')).sort();

test('a spec that was valid is recalled unchanged', async () => {
  const small = project(files);
  const first = await small.load(cached(small));
  expect(await small.load(cached(small))).toEqual(first);
  expect(records(small)).toHaveLength(1);
});

test('a recalled spec asks for each distinct kind once', async () => {
  const many = project(
    `stages:\n${Array.from({ length: 50 }, (_, i) => `  s${i}: { uses: command, with: { run: ls } }\n`).join('')}`,
  );
  await many.load(cached(many));
  const { kinds, asked } = watched();
  expect((await many.load(cached(many, { kinds }))).stages).toHaveLength(50);
  expect(asked()).toBe(1);
});

test.each<[string, (project: Project) => Options | undefined, number]>([
  [
    'the spec',
    (p) => (
      p.write({ 'spec.yaml': `${files['spec.yaml']}stages: { model: { with: { dimensions: 5 } } }` }),
      {}
    ),
    5,
  ],
  ['a base', (p) => (p.write({ 'base.yaml': SOUND.replace('${params.dim}', '6') }), {}), 6],
  ['a variable that it reads', () => ({ env: { DIM: '7' } }), 7],
  ['a --set', () => ({ set: ['params.dim=9'] }), 9],
  ['a params file', (p) => (p.write({ 'p.yaml': 'dim: 10' }), { paramsFile: join(p.folder, 'p.yaml') }), 10],
])('a change of %s is seen', async (_, change, dimensions) => {
  const small = project(files);
  expect(stage(await small.load(cached(small)), 'model').with['dimensions']).toBe(8);
  const options = cached(small, change(small));
  expect(stage(await small.load(options), 'model').with['dimensions']).toBe(dimensions);
  expect(stage(await small.load(options), 'model').with['dimensions']).toBe(dimensions);
});

test("a change of a kind's code is seen: its defaults may have changed with it", async () => {
  const small = project(files);
  await small.load(cached(small));
  const train = DECLARATIONS['train']!;
  const changed = structuredClone(train.parameters) as {
    properties: { loss: { properties: { margin: { default: number } } } };
  };
  changed.properties.loss.properties.margin.default = 0.9;
  const kinds = catalogueOf({ ...DECLARATIONS, train: { ...train, parameters: changed } });
  expect(stage(await small.load(cached(small, { kinds })), 'model').with['loss']).toEqual({ margin: 0.9 });
});

test('faulty specs are checked each time', async () => {
  const faulty = project({ ...files, 'spec.yaml': 'extends: base.yaml\nnmae: x\n' });
  expect(await faulty.diagnostics(cached(faulty))).toEqual(await faulty.diagnostics(cached(faulty)));
  expect(await faulty.diagnostics(cached(faulty))).toHaveLength(1);
});

test('a damaged record counts as missing', async () => {
  const small = project(files);
  const first = await small.load(cached(small));
  const record = join(small.folder, 'cache/specs', records(small)[0]!);
  writeFileSync(record, readFileSync(record).subarray(0, 100));
  expect(await small.load(cached(small))).toEqual(first);
});

test('a cache that cannot be written to changes nothing', async () => {
  const small = project({ ...files, cache: 'a file where the folder should be' });
  expect(await small.load(cached(small))).toEqual(await small.load());
});

test('variables that the spec does not read have no effect and are not stored', async () => {
  const small = project(files);
  await small.load(cached(small, { env: { SECRET: 'hunter2', DIM: '3' } }));
  expect(readFileSync(join(small.folder, 'cache/specs', records(small)[0]!), 'utf8')).not.toContain(
    'hunter2',
  );
});
