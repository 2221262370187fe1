/**
 * Whether native TensorFlow loads here, and what it computes on. Loading takes a second or more and prints, so it is
 * done once, in a process of its own, and remembered until the addon, the driver or the choice of devices changes.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { writeAtomically } from '../../base/files.ts';
import type { NativePackage } from './installed.ts';

export type Probe =
  | { readonly loads: true; readonly gpu: boolean; /** Of libtensorflow. */ readonly version: string }
  | { readonly loads: false; readonly why: string };

/** What runs in the other process; its last line of output is the answer. */
const SCRIPT = `
const util = require('node:util');
util.isNullOrUndefined = (value) => value === null || value === undefined;
util.isArray = Array.isArray;
console.warn = () => undefined;
const tf = require(process.argv[1]);
const backend = tf.backend();
const gpu = backend.isGPUPackage && backend.isUsingGpuDevice;
console.log('\\n' + JSON.stringify({ loads: true, gpu, version: backend.binding.TF_Version }));
`;

const TIMEOUT_MS = 60_000;

/** `cache`: a folder that may be deleted at any time. */
export function probeNative({ addon, folder }: NativePackage, cache: string): Probe {
  if (addon === undefined) return { loads: false, why: 'its native addon is missing' };
  const file = join(cache, 'engine.json');
  const seen = stateOf(addon);
  const known = recall(file, seen);
  if (known) return known;
  const probe = load(folder);
  writeAtomically(file, JSON.stringify({ seen, probe }));
  return probe;
}

/** All that decides whether it loads and finds a GPU, as far as a glance can tell. */
function stateOf(addon: string): string {
  const { size, mtimeMs } = statSync(addon);
  const driver = existsSync('/proc/driver/nvidia/version');
  const { CUDA_VISIBLE_DEVICES: devices, LD_LIBRARY_PATH: libraries } = process.env;
  return JSON.stringify([addon, size, mtimeMs, driver, devices ?? null, libraries ?? null, process.version]);
}

function recall(file: string, seen: string): Probe | undefined {
  try {
    const known = JSON.parse(readFileSync(file, 'utf8')) as { seen: string; probe: Probe };
    return known.seen === seen ? known.probe : undefined;
  } catch {
    return undefined;
  }
}

function load(folder: string): Probe {
  const { stdout, stderr, status, signal } = spawnSync(process.execPath, ['-e', SCRIPT, folder], {
    encoding: 'utf8',
    timeout: TIMEOUT_MS,
    env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '3' },
  });
  try {
    return JSON.parse(stdout.trim().split('\n').at(-1)!) as Probe;
  } catch {
    const said = /^\s*(?:\w*Error: .*|.*cannot open shared object.*)$/m.exec(stderr)?.[0].trim();
    return { loads: false, why: said ?? `it ended with ${signal ?? `code ${String(status)}`}` };
  }
}
