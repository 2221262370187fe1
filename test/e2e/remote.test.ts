/** Two machines with one remote store, from the command line. */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { makeRig, type Rig } from '../helpers/rig.ts';
import { temporaryFolder } from '../helpers/run-kind.ts';
import { CREDENTIALS, NO_S3, startFaultProxy, startS3 } from '../store/remote/servers.ts';

const SPEC = `
name: shared
params: { word: beta }
stages:
  letters: { uses: command, with: { run: 'echo alpha > $OUTPUT/a; echo gamma > $OUTPUT/c' } }
  words: { uses: command, inputs: { letters: letters }, with: { run: 'cat $INPUT_LETTERS/a $INPUT_LETTERS/c > $OUTPUT/all; echo \${params.word} >> $OUTPUT/all' } }
  count: { uses: command, inputs: { words: words }, with: { run: 'wc -w < $INPUT_WORDS/all > $OUTPUT/count' } }
`;
const CACHED = { letters: 'cached', words: 'cached', count: 'cached' };

/** A machine with the spec and a configuration that names the remote store. */
function machine(address: string, more = '', environment: NodeJS.ProcessEnv = {}): Rig {
  const rig = makeRig({ CI: '', GITHUB_EVENT_NAME: '', ...environment });
  rig.write({ 's.yaml': SPEC, 'pipeline.config.yaml': `store:\n  remote: ${address}\n${more}` });
  return rig;
}

const folder = (): string => pathToFileURL(temporaryFolder()).href;
const filesBelow = (root: string): string[] =>
  readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

describe('pipeline with a remote store', () => {
  it('finds what another machine made, fetches what a person needs, and knows its runs', async () => {
    const address = folder();
    const first = machine(address);
    expect((await first.run('s.yaml')).stages).toEqual({
      letters: 'finished',
      words: 'finished',
      count: 'finished',
    });

    const second = machine(address);
    const again = await second.run('s.yaml');
    expect([again.code, again.stages]).toEqual([0, CACHED]);
    expect(readdirSync(join(second.folder, 'artifacts'))).not.toContain('command');
    expect(await second.digests('s.yaml')).toEqual(await first.digests('s.yaml'));

    const runs = JSON.parse((await second.pipeline('runs', '--remote', '--json')).stdout) as {
      runs: { id: string }[];
    };
    expect(runs.runs).toHaveLength(2);
    const pulled = await second.pipeline('pull', 's.yaml');
    expect(pulled).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^3 artifacts \(.*\) fetched from file:.*, 0 already here\n$/) as string,
    });
    expect((await second.pipeline('verify')).stdout).toContain('3 artifacts, 4 files');
    const third = machine(address);
    expect((await third.pipeline('pull', 'latest')).code).toBe(0);
    expect((await third.pipeline('show', 'latest')).stdout).toContain('count');
  });

  it('fetches the inputs of the stage that changed, and nothing else', async () => {
    const address = folder();
    await machine(address).run('s.yaml');
    const second = machine(address);
    second.write({ 's.yaml': SPEC.replace('wc -w', 'wc -c') });
    expect((await second.run('s.yaml')).stages).toEqual({ ...CACHED, count: 'finished' });
    expect(readdirSync(join(second.folder, 'artifacts', 'command'))).toHaveLength(2);
  });

  it('makes a stage again whose remote files are damaged or evicted, and then those that wait for it', async () => {
    const address = folder();
    const first = machine(address);
    await first.run('s.yaml');
    for (const file of filesBelow(join(fileURLToPath(address), 'cas'))) rmSync(file, { force: true });
    const second = machine(address);
    second.write({ 's.yaml': SPEC.replace('wc -w', 'wc -c') });
    const { code, stages } = await second.run('s.yaml');
    expect([code, stages]).toEqual([0, { letters: 'finished', words: 'finished', count: 'finished' }]);
    const [mine, theirs] = [await second.digests('s.yaml'), await first.digests('s.yaml')];
    expect([mine['letters'], mine['words']]).toEqual([theirs['letters'], theirs['words']]);
    // What was made again is there again for the others.
    expect((await machine(address).pipeline('pull', 's.yaml')).code).toBe(1);
    const third = machine(address);
    third.write({ 's.yaml': SPEC.replace('wc -w', 'wc -c') });
    expect((await third.pipeline('pull', 's.yaml')).code).toBe(0);
  });

  it('says what to do where the stage that would make it again is not selected', async () => {
    const address = folder();
    await machine(address).run('s.yaml');
    for (const file of filesBelow(join(fileURLToPath(address), 'cas'))) rmSync(file, { force: true });
    const second = machine(address);
    second.write({ 's.yaml': SPEC.replace('wc -w', 'wc -c') });
    const { code, events } = await second.run('s.yaml', '--only', 'count');
    expect(code).toBe(1);
    expect(events.find(({ type }) => type === 'stage-failed')).toMatchObject({
      code: 'E_STORE',
      message: "'count' needs the files of 'words', which cannot be had",
    });
  });

  it('uploads later where the run did not, and by --no-push never on its own', async () => {
    const address = folder();
    const rig = machine(address);
    await rig.pipeline('run', 's.yaml', '--no-push');
    expect(readdirSync(fileURLToPath(address))).toEqual([]);
    expect((await rig.pipeline('push', 's.yaml')).stdout).toMatch(
      /^3 artifacts \(.*\) uploaded to file:.*, 0 already there\n$/,
    );
    expect((await rig.pipeline('push')).stdout).toMatch(
      /^0 artifacts \(0 B\) uploaded to .*, 3 already there\n$/,
    );
    expect((await machine(address).run('s.yaml')).stages).toEqual(CACHED);
  });

  it('only reads in the build of a pull request', async () => {
    const address = folder();
    await machine(address).run('s.yaml');
    const before = filesBelow(fileURLToPath(address));
    const untrusted = machine(address, '', { GITHUB_EVENT_NAME: 'pull_request' });
    untrusted.write({ 's.yaml': SPEC.replace('beta', 'evil') });
    expect((await untrusted.run('s.yaml')).stages).toEqual({
      letters: 'cached',
      words: 'finished',
      count: 'finished',
    });
    expect(filesBelow(fileURLToPath(address))).toEqual(before);
    expect((await untrusted.pipeline('push')).stderr).toContain('is configured as read only');
  });

  it('removes what no recent run needs, and finds damage', async () => {
    const address = folder();
    const rig = machine(address);
    await rig.run('s.yaml');
    const [blob] = filesBelow(join(fileURLToPath(address), 'cas'));
    const kept = await rig.pipeline('gc', '--remote', '--older-than', '1d', '--grace', '0s');
    expect(kept.stdout).toContain('freed 0 B; 3 artifacts, 4 files');
    const record = filesBelow(join(fileURLToPath(address), 'runs'))[0]!;
    rmSync(record);
    rmSync(join(rig.folder, 'artifacts', 'runs'), { recursive: true });
    const would = await rig.pipeline('gc', '--remote', '--older-than', '0s', '--grace', '0s', '--dry-run');
    expect(would.stdout).toContain('0 artifacts, 0 files (0 B) remain');
    expect((await rig.pipeline('verify', '--remote')).code).toBe(0);
    rmSync(blob!, { force: true });
    writeFileSync(blob!, 'damage');
    const found = await rig.pipeline('verify', '--remote');
    expect([found.code, found.stdout]).toEqual([
      1,
      expect.stringContaining('Removed. The next run that needs them'),
    ]);
    expect((await rig.pipeline('verify', '--remote')).stdout).toContain('2 artifacts, ');
    const freed = await rig.pipeline('gc', '--remote', '--older-than', '0s', '--grace', '0s');
    expect(freed.stdout).toContain('0 artifacts, 0 files (0 B) remain');
  });

  it('is checked by the doctor', async () => {
    const rig = machine(folder());
    const { stdout, code } = await rig.pipeline('doctor');
    expect([code, stdout]).toEqual([
      0,
      expect.stringMatching(/remote store\n✔ address .*\n✔ reading .*\n✔ writing /),
    ]);
    const gone = machine('file:///no/such/folder');
    const broken = await gone.pipeline('doctor');
    expect([broken.code, broken.stdout]).toEqual([1, expect.stringContaining('✘ reading')]);
  });

  it('runs without the remote store where that is gone, with one warning', async () => {
    const rig = machine('file:///no/such/folder');
    const { code, stderr } = await rig.pipeline('run', 's.yaml');
    expect(code).toBe(0);
    expect(stderr.match(/warning: /g)).toHaveLength(1);
    expect(stderr).toMatch(
      /3 artifacts, .*, not uploaded to file:\/\/\/no\/such\/folder\. Later: pipeline push s\.yaml/,
    );
  });

  it('pulls what an interrupted pull has begun, and removes its leftovers', async () => {
    const address = folder();
    expect((await machine(address).run('s.yaml')).code).toBe(0);
    const rig = machine(address);
    const owner = { pid: process.pid, host: hostname(), boot: 'an earlier one', started: '' };
    rig.write({
      'artifacts/tmp/interrupted/owner.json': JSON.stringify(owner),
      'artifacts/tmp/interrupted/output/a': 'al',
    });
    expect((await rig.pipeline('pull', 's.yaml')).stdout).toMatch(/^3 artifacts/);
    expect(readdirSync(join(rig.folder, 'artifacts', 'tmp'))).toEqual([]);
  });

  it('fails where it was to fetch something, and nobody answers', async () => {
    const rig = machine('http://127.0.0.1:9/team');
    const { code, stdout, stderr } = await rig.pipeline('pull', 's.yaml');
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(
      /error: .* cannot be used: the connection is refused \(127\.0\.0\.1:9\)\nhint: Compare/,
    );
  });

  it('shows a mistake in the configuration with its place, and exits with 2', async () => {
    const rig = machine('s3:///x');
    const { code, stderr } = await rig.pipeline('run', 's.yaml');
    expect([code, stderr]).toEqual([2, expect.stringContaining('pipeline.config.yaml:2:11')]);
  });
});

describe.skipIf(NO_S3 !== undefined)(`pipeline with S3${NO_S3 === undefined ? '' : `: ${NO_S3}`}`, () => {
  it('never writes a secret anywhere: not into records, logs, entries or messages', async () => {
    const proxy = await startFaultProxy(await startS3());
    const secrets = {
      ...CREDENTIALS,
      AWS_SESSION_TOKEN: 'session-token-secret',
      PIPELINE_STORE_KEY: 'team-signing-secret',
    };
    const rig = machine('s3://store/team', `  endpoint: ${proxy.url}\n`, secrets);
    const outputs = [await rig.pipeline('run', 's.yaml', '--json')];
    proxy.faults = { status: 403 };
    outputs.push(await rig.pipeline('run', 's.yaml', '--set', 'params.word=other'));
    outputs.push(await rig.pipeline('push'), await rig.pipeline('doctor'), await rig.pipeline('config'));
    proxy.faults = { delayMs: 10_000 };
    outputs.push(await rig.pipeline('run', 's.yaml', '--set', 'params.word=third'));
    proxy.faults = {};
    outputs.push(await rig.pipeline('push'), await rig.pipeline('runs', '--remote', '--json'));
    const other = machine('s3://store/team', `  endpoint: ${proxy.url}\n`, secrets);
    outputs.push(await other.pipeline('pull', 's.yaml'));
    expect(outputs.at(-1)).toMatchObject({ code: 0 });
    const written = [rig.folder, other.folder]
      .flatMap(filesBelow)
      .map((file) => readFileSync(file, 'latin1'));
    const all = [
      ...written,
      ...outputs.flatMap(({ stdout, stderr }) => [stdout, stderr]),
      ...proxy.requests,
    ].join('\n');
    for (const secret of Object.values(secrets)) expect(all.includes(secret)).toBe(false);
  }, 120_000);
});

it('keeps its records of what a server can do in the cache, which may be deleted', async () => {
  const rig = machine(folder());
  await rig.run('s.yaml');
  rmSync(join(rig.folder, 'artifacts', 'cache'), { recursive: true });
  mkdirSync(join(rig.folder, 'artifacts', 'cache'));
  expect((await rig.run('s.yaml')).stages).toEqual(CACHED);
});
