/** The packed package, installed in a project of a "login node", with the commands of README's section on Slurm. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../helpers/run-kind.ts';
import { slurmMissing } from '../../helpers/slurm.ts';
import { tinyCorpus } from '../../helpers/tiny-corpus.ts';
import { tinyTraining } from '../../helpers/tiny-training.ts';
import { useSlurm } from '../../helpers/use-slurm.ts';

const ROOT = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));
/** Without what npm tells the scripts that it runs, and without the configuration of whoever runs the tests. */
const ENVIRONMENT = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(npm_|PIPELINE_)/i.test(name)),
);

const succeeds = (command: string, ...args: string[]): boolean =>
  spawnSync(command, args, { env: ENVIRONMENT, stdio: 'ignore', timeout: 30_000 }).status === 0;
const REGISTRY = ['view', 'esbuild', 'version', '--fetch-retries=0', '--fetch-timeout=10000'];
const missing =
  slurmMissing() ?? (succeeds('npm', ...REGISTRY) ? undefined : 'there is no npm registry in reach');
const SKIPPED = missing === undefined ? '' : ` (${missing})`;

/** The commands of the section, with the folders and the cluster of the test. */
function sectionFor(folder: string, tarball: string): string[] {
  const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
  const block = /## From one machine to Slurm\n.*?```sh\n(.*?)```/s.exec(readme)?.[1];
  return block!
    .replaceAll('/shared/me', folder)
    .replace('npm install two-tower', `npm install --omit=dev --no-audit --prefer-offline ${tarball}`)
    .replace("partition: gpu, account: my-lab, time: '4:00:00'", "partition: all, time: '4:00:00'")
    .replace('model.loss.temperature=0.03,0.05,0.1', 'model.loss.margin=0.1,0.2,0.3')
    .split(/\n(?=npx )/);
}

describe.skipIf(missing !== undefined)(`the installed package on a cluster${SKIPPED}`, () => {
  const cluster = useSlurm();

  it('does what the section of README says', () => {
    const folder = temporaryFolder();
    const project = join(folder, 'project');
    for (const [path, content] of Object.entries({
      ...tinyCorpus(),
      'package.json': '{}',
      'experiment.yaml': tinyTraining({ epochs: 1 }),
    })) {
      mkdirSync(dirname(join(project, path)), { recursive: true });
      writeFileSync(join(project, path), content);
    }
    const pack = ['pack', '--ignore-scripts', '--json', '--pack-destination', folder];
    const packed = execFileSync('npm', pack, { cwd: ROOT, env: ENVIRONMENT, encoding: 'utf8' });
    const [{ filename }] = JSON.parse(packed) as [{ filename: string }];

    const commands = sectionFor(folder, join(folder, filename));
    expect(commands).toHaveLength(4);
    const printed = commands.map((command) => {
      const { status, stdout, stderr } = spawnSync('sh', ['-ec', command], {
        cwd: project,
        env: { ...ENVIRONMENT, ...cluster().environment, NO_COLOR: '1' },
        encoding: 'utf8',
      });
      expect(status, `${command}\n${stdout}${stderr}`).toBe(0);
      return stdout + stderr;
    });
    const [, doctor, run, sweep] = printed;
    expect(doctor).toMatch(/✔ job options/);
    expect(run).toContain('5 executed');
    expect(sweep).toMatch(/margin=0\.3/);
    // Each stage of the run and each training of the sweep was handed to the cluster.
    expect(readdirSync(join(folder, 'artifacts', 'tasks'))).toHaveLength(5 + 2);
  });
});
