/**
 * Every setting of `pipeline.config.yaml`, by its full name: the one list from which the checks, the type of the values,
 * the published schema and docs/CONFIG.md are made. What a spec computes is not here, and nothing of it is in a key.
 */
import { queueFault, remoteFault, urlFault, type Fault } from './urls.ts';

interface Common {
  readonly description: string;
  /** The environment variable that overrides the files. */
  readonly env?: string;
  /** The flag of the command line that overrides everything. */
  readonly flag?: string;
  /** What is used where nothing is set, in words or as a value. */
  readonly default?: string | boolean | number;
}

export type Setting = Common &
  (
    | {
        readonly type: 'string';
        readonly values?: readonly string[];
        readonly example?: string;
        readonly check?: (text: string) => Fault | undefined;
        /** A path of this machine: relative ones start from the folder of the file. */
        readonly path?: true;
      }
    | { readonly type: 'boolean' }
    | { readonly type: 'integer'; readonly minimum: number; readonly maximum: number }
    | { readonly type: 'list'; readonly example?: readonly string[] }
  );

export const SETTINGS = {
  'store.path': {
    type: 'string',
    path: true,
    description:
      'Folder of the artifacts on this machine. In a project file, relative to the file; in the user file, absolute.',
    env: 'PIPELINE_STORE',
    flag: '--store',
    default: 'artifacts',
  },
  'store.remote': {
    type: 'string',
    description:
      'Shared store behind the local one: s3://bucket/prefix, https://host/path or file:///folder.',
    env: 'PIPELINE_REMOTE',
    flag: '--remote',
    example: 's3://team-cache/two-tower',
    check: remoteFault,
  },
  'store.mode': {
    type: 'string',
    values: ['read', 'read-write'],
    description: 'Whether artifacts are also written to the remote store.',
    env: 'PIPELINE_REMOTE_MODE',
    default: 'read-write; read in a build of a pull request',
  },
  'store.push': {
    type: 'boolean',
    description: 'Whether a run uploads what it makes. `pipeline push` does it later.',
    flag: '--no-push',
    default: true,
  },
  'store.region': {
    type: 'string',
    description: 'Region of the bucket.',
    default: 'AWS_REGION, AWS_DEFAULT_REGION, the profile, or us-east-1',
    example: 'eu-central-1',
  },
  'store.endpoint': {
    type: 'string',
    description: 'URL of an S3 server other than AWS.',
    default: 'AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL, or AWS',
    example: 'https://minio.example.org',
    check: urlFault,
  },
  'store.path_style': {
    type: 'boolean',
    description: 'Whether the bucket is in the path of the URL (true) or in the name of the host.',
    default: 'true with an endpoint, else false',
  },
  'store.profile': {
    type: 'string',
    description: 'Profile of ~/.aws/config and ~/.aws/credentials.',
    default: 'AWS_PROFILE or default',
  },
  'store.sign': {
    type: 'string',
    values: ['optional', 'required', 'off'],
    description:
      'Signatures of manifests with the key in PIPELINE_STORE_KEY. required: what has no valid signature counts as absent.',
    env: 'PIPELINE_REMOTE_SIGN',
    default: 'optional',
  },
  executor: {
    type: 'string',
    values: ['local', 'slurm', 'queue'],
    description: 'Where stages are executed.',
    env: 'PIPELINE_EXECUTOR',
    flag: '--executor',
    default: 'local',
  },
  'slurm.partition': { type: 'string', description: 'Partition of the jobs.', example: 'gpu' },
  'slurm.account': { type: 'string', description: 'Account that the jobs are charged to.' },
  'slurm.qos': { type: 'string', description: 'Quality of service of the jobs.' },
  'slurm.time': {
    type: 'string',
    description: 'Time limit of a job whose stage has no timeout, as Slurm writes it.',
    example: '24:00:00',
  },
  'slurm.extra': {
    type: 'list',
    description: 'Further options of sbatch, each as one item.',
    example: ['--constraint=a100'],
  },
  'slurm.max_jobs': {
    type: 'integer',
    minimum: 1,
    maximum: 1_000_000,
    description: 'How many jobs of a run may be in the queue at the same time.',
    default: 1000,
  },
  'slurm.threads': {
    type: 'integer',
    minimum: 1,
    maximum: 1024,
    description: 'Processors of a job whose stage declares no `resources.threads`.',
    default: 1,
  },
  'slurm.memory_growth': {
    type: 'integer',
    minimum: 2,
    maximum: 16,
    description:
      'Factor on `resources.memory` with which a job that ran out of memory is submitted again. Without it, the stage fails.',
  },
  'slurm.command': {
    type: 'string',
    description: 'How the pipeline command is started on a node.',
    default: 'this installation',
    example: 'module load node && pipeline',
  },
  'queue.url': {
    type: 'string',
    description: 'Redis or Valkey server of the queue.',
    env: 'PIPELINE_QUEUE',
    flag: '--queue',
    example: 'redis://queue.example.org:6379',
    check: queueFault,
  },
  'queue.name': {
    type: 'string',
    description: 'Name of the queue, so that several projects can share a server.',
    default: 'pipeline',
  },
} as const satisfies Record<string, Setting>;

export type SettingName = keyof typeof SETTINGS;

type ValueOf<S> = S extends { readonly values: readonly (infer V)[] }
  ? V
  : S extends { readonly type: 'boolean' }
    ? boolean
    : S extends { readonly type: 'integer' }
      ? number
      : S extends { readonly type: 'list' }
        ? readonly string[]
        : string;

/** What is set, by name: `values['store.remote']`. Defaults are up to those who read a value. */
export type Values = { readonly [Name in SettingName]?: ValueOf<(typeof SETTINGS)[Name]> };

export const SETTING_NAMES = Object.keys(SETTINGS) as readonly SettingName[];

/** `store.remote` → its section `store`; `executor` has none. */
export function sectionOf(name: string): string | undefined {
  return name.includes('.') ? name.slice(0, name.indexOf('.')) : undefined;
}

export const SECTIONS: readonly string[] = [
  ...new Set(SETTING_NAMES.flatMap((name) => sectionOf(name) ?? [])),
];
