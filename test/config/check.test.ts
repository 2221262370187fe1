import { homedir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkConfig, type Owner } from '../../src/config/check.ts';
import { withoutSecret } from '../../src/config/urls.ts';
import { formatDiagnostics } from '../../src/spec/print.ts';

const FILE = '/project/pipeline.config.yaml';

/** What is printed for a file that is wrong. */
function said(text: string, owner: Owner = 'project'): string {
  const checked = checkConfig(FILE, text, owner);
  return checked.ok ? 'ok' : formatDiagnostics(checked.error, { color: false });
}

const valuesOf = (text: string, owner: Owner = 'project'): unknown => {
  const checked = checkConfig(FILE, text, owner);
  return checked.ok ? checked.value : checked.error;
};

describe('a configuration file', () => {
  it('gives its values by their full names', () => {
    const text = `
store: { remote: 's3://team-cache/two-tower', mode: read, path_style: true, sign: required, push: false }
executor: slurm
slurm: { partition: gpu, extra: ['--constraint=a100'], max_jobs: 40 }
queue: { url: 'redis://queue:6379', name: experiments }
`;
    expect(valuesOf(text)).toEqual({
      'store.remote': 's3://team-cache/two-tower',
      'store.mode': 'read',
      'store.path_style': true,
      'store.sign': 'required',
      'store.push': false,
      executor: 'slurm',
      'slurm.partition': 'gpu',
      'slurm.extra': ['--constraint=a100'],
      'slurm.max_jobs': 40,
      'queue.url': 'redis://queue:6379',
      'queue.name': 'experiments',
    });
  });

  it('may be empty, and so may its sections', () => {
    expect(valuesOf('')).toEqual({});
    expect(valuesOf('# nothing yet\nstore:\nslurm: {}\n')).toEqual({});
  });

  it('resolves the folder of the store against its own folder', () => {
    expect(valuesOf('store: { path: data/artifacts }')).toEqual({ 'store.path': '/project/data/artifacts' });
    expect(valuesOf('store: { path: ~/artifacts }')).toEqual({ 'store.path': join(homedir(), 'artifacts') });
  });

  it('shows a wrong value at its place, with what to write instead', () => {
    expect(said('store:\n  mode: write\n')).toBe(
      `error: 'store.mode' must be read or read-write, got the string 'write'
 --> ${FILE}:2:9
  |
2 |   mode: write
  |         ^^^^^`,
    );
    expect(said('store: { push: yes }')).toContain(
      'help: Write true without quotes; in YAML 1.2, yes, no, on and off are text.',
    );
    expect(said('slurm: { extra: --exclusive }')).toContain(
      "help: Write a list of one item: ['--exclusive'].",
    );
    expect(said('slurm: { partition: 7 }')).toContain("help: Write '7' in quotes.");
    expect(said('slurm: { max_jobs: 0 }')).toContain(
      "'slurm.max_jobs' must be an integer from 1 to 1000000, got the number 0",
    );
    expect(said('slurm: { extra: [--exclusive, 7] }')).toContain(`${FILE}:1:31`);
  });

  it('shows an unknown name with the one that was probably meant', () => {
    expect(said('store: { endpont: http://x }')).toContain("help: Did you mean 'endpoint'?");
    expect(said('exekutor: slurm')).toContain("help: Did you mean 'executor'?");
    expect(said('remote: s3://x/y')).toContain('help: It belongs under `store`.');
    expect(said('stages: {}')).toContain('help: A spec may have `stages`, the configuration may not.');
    expect(said('- a')).toContain('a configuration must be a mapping');
  });

  it('shows every mistake at once', () => {
    const checked = checkConfig(FILE, 'store: { mode: x, sign: y }\nexecutor: z\n', 'project');
    expect(
      checked.ok || checked.error.map(({ location }) => `${location!.line}:${location!.column}`),
    ).toEqual(['1:16', '1:25', '2:11']);
  });

  it.each([
    ['s3:bucket', "'store.remote' has no valid bucket name, got 's3:bucket'"],
    ['bucket/prefix', "'store.remote' must be a URL, got 'bucket/prefix'"],
    ['ftp://host/x', "'store.remote' has the unknown scheme 'ftp://'"],
    ['file://cache/x', "'store.remote' needs an absolute path, got 'file://cache/x'"],
    ['https://host/x?token=1', "'store.remote' must not have a query or a fragment"],
  ])('refuses %s as a remote store', (url, message) => {
    expect(said(`store: { remote: '${url}' }`)).toContain(message);
  });

  it('never shows a password that is written in a URL', () => {
    const text = said("store: { remote: 'https://me:hunter2@host/x' }");
    expect(text).toContain("'store.remote' must not contain a user name or password");
    expect(text).toContain("store: { remote: 'https://***@host/x' }");
    expect(text).not.toContain('hunter2');
    for (const url of ['http://:hunter2@host', 'redis://:hunter2/x@host', 'https://me:hunter2/x@host']) {
      expect(said(`queue: { url: '${url}' }`)).not.toContain('hunter2');
      expect(said(`store: { remote: '${url}', endpoint: '${url}' }`)).not.toContain('hunter2');
    }
  });

  it('hides a whole password, and nothing of a URL without one', () => {
    expect(withoutSecret('redis://:p@ss@host:6379/0')).toBe('redis://***@host:6379/0');
    expect(withoutSecret('s3://bucket/a@b')).toBe('s3://bucket/a@b');
  });

  it('takes no relative path in the configuration of a user, which counts in every folder', () => {
    expect(said('store: { path: artifacts }', 'user')).toContain(
      "'store.path' must be an absolute path in the user's configuration, got 'artifacts'",
    );
    expect(valuesOf('store: { path: /data/a }', 'user')).toEqual({ 'store.path': '/data/a' });
  });
});
