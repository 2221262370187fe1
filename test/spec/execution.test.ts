import { expect, test } from 'vitest';
import { project, stage } from './fixtures.ts';

const spec = (rest: string): ReturnType<typeof project> =>
  project(`stages:\n  a: { uses: command, with: { run: ls }, ${rest} }\n`);

const at = async (rest: string): Promise<string[]> =>
  (await spec(rest).diagnostics()).map(({ message, location }) => `${location!.column} ${message}`);

test('how a stage is executed, with defaults filled in', async () => {
  const { load } = spec(
    'frozen: true, timeout: 1.5h, retries: { count: 3, delay: 500ms }, resources: { threads: 2, memory: 4GiB, gpu: 1 }',
  );
  expect(stage(await load(), 'a')).toMatchObject({
    frozen: true,
    timeout: 5400,
    retries: { count: 3, delay: 0.5, factor: 2, longest: 300 },
    resources: { threads: 2, memory: 4 * 2 ** 30, gpu: 1 },
  });
  expect(stage(await spec('timeout: 10, retries: 2').load(), 'a')).toMatchObject({
    timeout: 10,
    retries: { count: 2, delay: 1 },
  });
  expect(stage(await spec('frozen: false').load(), 'a')).not.toHaveProperty('frozen');
});

test('a variable can give a number or a boolean here too', async () => {
  const { load } = spec('timeout: "${env.T}", enabled: "${env.E}", resources: { threads: "${env.N:-3}" }');
  expect(stage(await load({ env: { T: '90s', E: 'true' } }), 'a')).toMatchObject({
    timeout: 90,
    resources: { threads: 3 },
  });
});

test.each<[string, string[]]>([
  [
    'timeout: soon',
    ["51 `timeout` must be a duration above zero, such as 90s, 10min or 2h, got the string 'soon'"],
  ],
  [
    'timeout: -1',
    ['51 `timeout` must be a duration above zero, such as 90s, 10min or 2h, got the number -1'],
  ],
  ['enabled: perhaps', ["51 `enabled` must be true or false, got the string 'perhaps'"]],
  ['frozen: 1', ['50 `frozen` must be true or false, got the number 1']],
  [
    'retries: -1',
    ['51 `retries` must be an integer from 0 to 1000, or {count, delay, factor, longest}, got the number -1'],
  ],
  [
    'retries: 1e12',
    [
      '51 `retries` must be an integer from 0 to 1000, or {count, delay, factor, longest}, got the number 1000000000000',
    ],
  ],
  ['resources: { gpu: 1e9 }', ['60 `gpu` must be an integer from 0 to 1000, got the number 1000000000']],
  ['retries: { cuont: 2 }', ["53 unknown name 'cuont' in `retries`"]],
  ['retries: { factor: 0.5 }', ['61 `factor` must be a number of at least 1, got the number 0.5']],
  ['resources: 4', ['53 `resources` must be a mapping, got the number 4']],
  [
    'resources: { memory: lots, cpus: 2 }',
    [
      "63 `memory` must be a size, such as 4GB or 512MiB, got the string 'lots'",
      "69 unknown name 'cpus' in `resources`",
    ],
  ],
  ['timeuot: 3', ["42 unknown name 'timeuot' in a stage"]],
])('a mistake is shown where it is written: %s', async (rest, expected) => {
  expect(await at(rest)).toEqual(expected);
});

const CHAIN = (b: string): string => `stages:
  a: { uses: command, enabled: false, with: { run: ls } }
  ${b}
`;

test('a disabled stage is left out, with the optional inputs that it would feed', async () => {
  const { load } = project(CHAIN('b: { uses: command, inputs: { x: a }, with: { run: ls } }'));
  const { stages } = await load();
  expect(stages.map(({ name, inputs }) => [name, inputs])).toEqual([['b', {}]]);
});

test('a stage that requires a disabled one is an error', async () => {
  const { printed } = project(`stages:
  corpus: { uses: ingest, enabled: false, with: { format: beir, folder: d } }
  tokens: { uses: tokenize, inputs: { corpus: corpus } }
`);
  expect(await printed()).toMatchInlineSnapshot(`
    "error: 'tokens' needs 'corpus', which is disabled
     --> spec.yaml:3:47
      |
    3 |   tokens: { uses: tokenize, inputs: { corpus: corpus } }
      |                                               ^^^^^^
      = help: Disable 'tokens' too with \`enabled: false\`, or enable 'corpus'."
  `);
});
