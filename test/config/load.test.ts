import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CONFIG_FILE, projectConfigFile } from '../../src/config/files.ts';
import { loadConfig, type Configuration, type Environment } from '../../src/config/load.ts';
import type { Values } from '../../src/config/settings.ts';
import { configSchema } from '../../src/config/schema.ts';
import { temporaryFolder } from '../helpers/run-kind.ts';

interface Home {
  readonly folder: string;
  readonly project: string;
  readonly write: (path: string, text: string) => void;
  readonly load: (flags?: Values, env?: Environment, folder?: string) => Promise<Configuration>;
}

/** A home folder with a project in it. */
function home(): Home {
  const folder = temporaryFolder();
  const project = join(folder, 'project');
  mkdirSync(join(project, '.git'), { recursive: true });
  return {
    folder,
    project,
    write(path, text) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    },
    load: (flags = {}, env = {}, from = project) =>
      loadConfig({ folder: from, env: { HOME: folder, ...env }, flags }),
  };
}

const USER = '.config/two-tower/config.yaml';

describe('the configuration', () => {
  it('is empty where nothing is configured', async () => {
    expect((await home().load()).values).toEqual({});
  });

  it('takes each value from the command line, the environment, the project or the user, in this order', async () => {
    const { write, load, folder, project } = home();
    write(USER, 'store: { remote: s3://user/x, region: eu-central-1 }\nexecutor: queue\n');
    write(`project/${CONFIG_FILE}`, 'store: { remote: s3://project/x, mode: read }\n');
    const files = await load();
    expect(files.values).toEqual({
      'store.remote': 's3://project/x',
      'store.mode': 'read',
      'store.region': 'eu-central-1',
      executor: 'queue',
    });
    expect(Object.fromEntries(files.origins)).toEqual({
      'store.remote': join(project, CONFIG_FILE),
      'store.mode': join(project, CONFIG_FILE),
      'store.region': join(folder, USER),
      executor: join(folder, USER),
    });
    const env = { PIPELINE_REMOTE: 's3://environment/x', PIPELINE_EXECUTOR: 'slurm' };
    const all = await load({ 'store.remote': 's3://flag/x' }, env);
    expect(all.values).toMatchObject({ 'store.remote': 's3://flag/x', executor: 'slurm' });
    expect([all.origins.get('store.remote'), all.origins.get('executor')]).toEqual([
      '--remote',
      'PIPELINE_EXECUTOR',
    ]);
  });

  it('reads the user file where XDG_CONFIG_HOME says', async () => {
    const { write, load, folder } = home();
    write('elsewhere/two-tower/config.yaml', 'executor: slurm\n');
    expect((await load({}, { XDG_CONFIG_HOME: join(folder, 'elsewhere') })).values).toEqual({
      executor: 'slurm',
    });
  });

  it('takes the nearest project file at or above the spec, up to the top of the repository', () => {
    const { write, project } = home();
    write(CONFIG_FILE, 'executor: slurm\n');
    write('project/specs/deep/s.yaml', '');
    expect(projectConfigFile(join(project, 'specs', 'deep'))).toBeUndefined();
    write(`project/${CONFIG_FILE}`, '');
    expect(projectConfigFile(join(project, 'specs', 'deep'))).toBe(join(project, CONFIG_FILE));
    write(`project/specs/${CONFIG_FILE}`, '');
    expect(projectConfigFile(join(project, 'specs', 'deep'))).toBe(join(project, 'specs', CONFIG_FILE));
  });

  it('remembers a valid file, and reads it again when it changes', async () => {
    const { write, load } = home();
    write(`project/${CONFIG_FILE}`, 'executor: slurm\n');
    expect([(await load()).values, (await load()).values]).toEqual([
      { executor: 'slurm' },
      { executor: 'slurm' },
    ]);
    write(`project/${CONFIG_FILE}`, 'executor: queue\n');
    expect((await load()).values).toEqual({ executor: 'queue' });
  });

  it('is refused with the place of each mistake', async () => {
    const { write, load } = home();
    write(`project/${CONFIG_FILE}`, 'executor: cluster\n');
    await expect(load()).rejects.toMatchObject({
      code: 'E_CONFIG',
      diagnostics: [{ message: "'executor' must be local, slurm or queue, got the string 'cluster'" }],
    });
  });

  it('names the variable or the flag that is wrong', async () => {
    const { load } = home();
    await expect(load({ 'queue.url': 'box1' })).rejects.toMatchObject({
      message: "--queue must be a redis or rediss URL, got 'box1'",
    });
    expect((await load({ 'store.path': '/a' })).origins.get('store.path')).toBe('--store');
    await expect(load({}, { PIPELINE_EXECUTOR: 'slrum' })).rejects.toMatchObject({
      code: 'E_USAGE',
      message: "PIPELINE_EXECUTOR must be local, slurm or queue, got the string 'slrum'",
      hint: "Did you mean 'slurm'?",
    });
    await expect(load({ 'store.remote': 'bucket' })).rejects.toMatchObject({
      message: "--remote must be a URL, got 'bucket'",
    });
  });

  it('has a published schema that names every setting', () => {
    const published = JSON.parse(
      readFileSync(join(import.meta.dirname, '../../schema/config.schema.json'), 'utf8'),
    ) as unknown;
    expect(published).toEqual(configSchema());
  });
});
