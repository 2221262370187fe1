/** `pipeline export SPEC --to kubernetes`: writes Jobs that execute a spec, or its sweep, over a remote store. */
import { dirname, join, relative, resolve } from 'node:path';
import { existsSync, mkdirSync } from 'node:fs';
import { stringify } from 'yaml';
import { PipelineError } from '../../base/diagnostic.ts';
import { writeAtomically } from '../../base/files.ts';
import { openCatalogue } from '../../kinds/catalogue.ts';
import { topologicalOrder } from '../../plan/order.ts';
import { configFor, folderOf, loadOptions, projectFolder, storesOf } from '../../session.ts';
import { checkVariable } from '../../spec/check.ts';
import type { Resources, Spec, StageSpec } from '../../spec/spec.ts';
import { specError } from '../../spec/spec-error.ts';
import { toJson } from '../../spec/text/tree.ts';
import type { Override } from '../../spec/values/overrides.ts';
import { storeLayout } from '../../store/layout.ts';
import { readSweepArguments } from '../../sweep/arguments.ts';
import { combine } from '../../sweep/combine.ts';
import { configurationsOf } from '../../sweep/configurations.ts';
import { firstTrials, type Sweep } from '../../sweep/execute-sweep.ts';
import type { Trial } from '../../sweep/trial.ts';
import { documentsOf, type Target, type Work } from '../kubernetes/jobs.ts';
import { printJson, printResult } from '../render/output.ts';
import { requestOf } from './sweep-options.ts';

export interface ExportKubernetesOptions {
  readonly store?: string;
  readonly remote?: string;
  readonly output?: string;
  readonly image?: string;
  readonly namespace?: string;
  readonly secret?: string;
  readonly wait?: string;
  readonly json?: boolean;
}

export async function exportKubernetesCommand(
  file: string,
  options: ExportKubernetesOptions,
): Promise<number> {
  const config = await configFor(options, file);
  const layout = storeLayout(folderOf(config, file));
  const remote = config.values['store.remote'];
  if (remote === undefined)
    throw new PipelineError('E_USAGE', 'pods need a remote store, and none is configured', {
      hint: 'Name it with `--remote s3://bucket/prefix`, or as `store.remote` in pipeline.config.yaml.',
    });
  if (options.image === undefined)
    throw new PipelineError('E_USAGE', 'no image is named', {
      hint: 'Name one that contains this package and the project: `--image registry/project:tag`.',
    });
  const folder = resolve(options.output ?? `${file.replace(/\.ya?ml$/, '')}-kubernetes`);
  if (existsSync(folder))
    throw new PipelineError('E_USAGE', `${folder} already exists`, { hint: 'Name another folder with -o.' });
  const kinds = openCatalogue(layout);
  const read = await checkVariable(resolve(file), loadOptions(layout, kinds, {}));
  if (!read.ok) throw specError(read.error);
  const variable = read.value;
  const { spec } = variable.checked;
  const target: Target = {
    name: spec.name,
    spec: relative(projectFolder(file), resolve(file)),
    folder: '/project',
    image: options.image,
    remote,
    namespace: options.namespace,
    secret: options.secret ?? 'two-tower-store',
    wait: options.wait ?? '24h',
  };
  const request = requestOf(variable.sweep, readSweepArguments([], dirname(resolve(file))), {});
  if (request.halving)
    throw new PipelineError('E_USAGE', 'successive halving decides between its rungs what is executed next', {
      hint: 'Use `pipeline sweep` with `--executor slurm` or `queue`, or a sweep without `halving:`.',
    });
  const sweep: Sweep = { file, ...(await storesOf(config, layout)), variable, request };
  const works = variable.sweep
    ? sweptWorks(await firstTrials(sweep, configurationsOf(request)))
    : worksOf(spec, []);
  mkdirSync(folder, { recursive: true });
  const files = works.map((work, index) => {
    const name = `${String(index + 1).padStart(2, '0')}-${work.name.replace(/[^\w-]+/g, '-')}.yaml`;
    const texts = documentsOf(work, target).map((document) => stringify(document, { lineWidth: 0 }));
    writeAtomically(join(folder, name), texts.join('---\n'));
    return name;
  });
  if (options.json) printJson({ folder, files });
  else printResult(`${files.length} files in ${folder}: kubectl apply -f ${folder}`);
  return 0;
}

/** One Job for each stage, in the order in which they need each other. */
function worksOf(spec: Spec, values: readonly string[]): Work[] {
  return topologicalOrder(spec.stages).map(({ name, resources }) => ({
    name,
    stages: [name],
    resources,
    values: [values],
  }));
}

/** One Job for each stage that all configurations share, then one with a pod for each configuration. */
function sweptWorks(trials: readonly Trial[]): Work[] {
  const { names } = combine(trials.map(({ spec }) => spec));
  const first = trials[0]!;
  const isShared = ({ name }: StageSpec): boolean =>
    names.every((own) => own.get(name) === names[0]!.get(name));
  const values = trials.map(({ configuration, repeat }) =>
    [...configuration.overrides, ...repeat.overrides].map(setText),
  );
  const shared = trials.length > 1 ? first.spec.stages.filter(isShared) : [];
  const varied = first.spec.stages.filter((stage) => !shared.includes(stage));
  return [
    ...worksOf(first.spec, values[0]!).filter(({ name }) => shared.some((stage) => stage.name === name)),
    {
      name: 'sweep',
      stages: varied.map(({ name }) => name),
      resources: largest(varied.map(({ resources }) => resources)),
      values,
    },
  ];
}

/** As one argument of `--set`. */
function setText(override: Override): string {
  return 'set' in override ? override.set : `${override.path}=${JSON.stringify(toJson(override.value))}`;
}

/** What a pod needs that executes one stage after the other. */
function largest(all: readonly (Resources | undefined)[]): Resources {
  const most = (name: keyof Resources): Resources => {
    const given = all.flatMap((one) => one?.[name] ?? []);
    return given.length > 0 ? { [name]: Math.max(...given) } : {};
  };
  return { ...most('threads'), ...most('memory'), ...most('gpu') };
}
