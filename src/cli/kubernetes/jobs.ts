/**
 * Kubernetes Jobs for the stages of a spec. The cluster knows no graph: each Job waits for its inputs in the remote store
 * (`pipeline run --wait`), executes its stages and uploads them. Nothing here reads a file or a store.
 */
import { createHash } from 'node:crypto';
import type { Resources } from '../../spec/spec.ts';

export interface Work {
  /** What is executed, for names: a stage, or `sweep`. */
  readonly name: string;
  readonly stages: readonly string[];
  readonly resources: Resources | undefined;
  /** For each pod the values that `--set` gives; one pod with none where it is no sweep. */
  readonly values: readonly (readonly string[])[];
}

export interface Target {
  /** Of the spec. */
  readonly name: string;
  /** The spec's path in the image, relative to `folder`. */
  readonly spec: string;
  /** The project in the image. */
  readonly folder: string;
  readonly image: string;
  readonly remote: string;
  readonly namespace: string | undefined;
  /** Secret with the credentials of the remote store, as environment variables. */
  readonly secret: string;
  /** How long a Job waits for its inputs, such as `24h`. */
  readonly wait: string;
}

/** Kubernetes adds up to 11 characters to the name of a Job for its pods. */
const LONGEST_NAME = 52;

/** A DNS label. What has to be changed in a name gets a digest, so that two stages keep two names. */
export function kubernetesName(...parts: readonly string[]): string {
  const wanted = parts.join('-');
  const label = wanted
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, '-')
    .replace(/^-+|-+$/g, '');
  if (label === wanted && label.length <= LONGEST_NAME) return label;
  const digest = createHash('sha256').update(wanted).digest('hex').slice(0, 8);
  return `${label.slice(0, LONGEST_NAME - 9).replace(/-+$/, '')}-${digest}`;
}

const MIB = 2 ** 20;

/** A Job, and for a sweep the ConfigMap with its values. */
export function documentsOf(work: Work, target: Target): object[] {
  const name = kubernetesName(target.name, work.name);
  const metadata = {
    name,
    ...(target.namespace === undefined ? {} : { namespace: target.namespace }),
    labels: labelsOf(target),
  };
  const isSwept = work.values.some((values) => values.length > 0);
  const job = {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata,
    spec: {
      ...(work.values.length > 1
        ? { completionMode: 'Indexed', completions: work.values.length, parallelism: work.values.length }
        : {}),
      backoffLimit: 3,
      podFailurePolicy: {
        rules: [
          // A lost or drained node is not the stage's fault.
          { action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] },
          // The spec is wrong: trying again does not help.
          { action: 'FailJob', onExitCodes: { containerName: 'stage', operator: 'In', values: [2] } },
        ],
      },
      template: {
        metadata: { labels: labelsOf(target) },
        spec: podOf(work, target, isSwept ? name : undefined),
      },
    },
  };
  if (!isSwept) return [job];
  const data = Object.fromEntries(
    work.values.map((values, index) => [`${index}`, values.map((one) => `${one}\n`).join('')]),
  );
  return [{ apiVersion: 'v1', kind: 'ConfigMap', metadata, data }, job];
}

function labelsOf({ name }: Target): Record<string, string> {
  return { 'app.kubernetes.io/name': 'two-tower', 'app.kubernetes.io/instance': kubernetesName(name) };
}

/** Gives each line of the pod's file as one `--set`, whatever is in it. */
const WITH_VALUES =
  'file="/sweep/${JOB_COMPLETION_INDEX:-0}"; while IFS= read -r value; do set -- "$@" --set "$value"; done < "$file"; exec "$@"';

function podOf({ stages, resources }: Work, target: Target, values: string | undefined): object {
  const command = [
    ...['pipeline', 'run', target.spec, '--only', stages.join(',')],
    ...['--wait', target.wait, '--remote', target.remote, '--executor', 'local'],
  ];
  return {
    restartPolicy: 'Never',
    containers: [
      {
        name: 'stage',
        image: target.image,
        workingDir: target.folder,
        command: values === undefined ? command : ['sh', '-c', WITH_VALUES, 'sh', ...command],
        env: [{ name: 'PIPELINE_STORE', value: '/store' }],
        envFrom: [{ secretRef: { name: target.secret, optional: true } }],
        resources: resourcesOf(resources),
        volumeMounts: [
          { name: 'store', mountPath: '/store' },
          ...(values === undefined ? [] : [{ name: 'sweep', mountPath: '/sweep', readOnly: true }]),
        ],
      },
    ],
    volumes: [
      { name: 'store', emptyDir: {} },
      ...(values === undefined ? [] : [{ name: 'sweep', configMap: { name: values } }]),
    ],
  };
}

function resourcesOf({ threads, memory, gpu = 0 }: Resources = {}): object {
  const size = memory === undefined ? {} : { memory: `${Math.ceil(memory / MIB)}Mi` };
  const gpus = gpu > 0 ? { 'nvidia.com/gpu': gpu } : {};
  return {
    requests: { ...(threads === undefined ? {} : { cpu: String(threads) }), ...size },
    limits: { ...size, ...gpus },
  };
}
