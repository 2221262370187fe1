/**
 * What is configured for a spec or a folder: command line before environment before project before user. A file that was
 * valid before is taken from a cache, because loading the YAML parser takes longer than everything else.
 */
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { PipelineError } from '../base/diagnostic.ts';
import { systemError } from '../base/system-error.ts';
import type { Owner } from './check.ts';
import { projectConfigFile, userConfigFile } from './files.ts';
import { recall, remember } from './remembered.ts';
import { SETTINGS, SETTING_NAMES, type Setting, type SettingName, type Values } from './settings.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface ConfigRequest {
  /** The folder of the spec, or the working folder. */
  readonly folder: string;
  readonly env: Environment;
  /** What the command line says. */
  readonly flags?: Values;
}

export interface Configuration {
  readonly values: Values;
  /** Where each value comes from: `--remote`, `PIPELINE_REMOTE`, or the path of a file. */
  readonly origins: ReadonlyMap<SettingName, string>;
}

/** Throws `E_CONFIG` with every diagnostic of a file, or for a variable that has no meaning. */
export async function loadConfig({ folder, env, flags = {} }: ConfigRequest): Promise<Configuration> {
  const user = await valuesOf(userConfigFile(env), 'user', env);
  const project = await valuesOf(projectConfigFile(folder), 'project', env);
  const values: Record<string, unknown> = {};
  const origins = new Map<SettingName, string>();
  const add = (more: Values, originOf: (name: SettingName) => string): void => {
    for (const name of SETTING_NAMES) {
      if (more[name] === undefined) continue;
      values[name] = more[name];
      origins.set(name, originOf(name));
    }
  };
  if (user) add(user.values, () => user.file);
  if (project) add(project.values, () => project.file);
  add(await fromEnvironment(env), (name) => envOf(name) ?? name);
  add(await checked(flags, flagOf), flagOf);
  return { values, origins };
}

async function valuesOf(
  file: string | undefined,
  owner: Owner,
  env: Environment,
): Promise<{ readonly file: string; readonly values: Values } | undefined> {
  const text = file === undefined ? undefined : readText(file);
  if (file === undefined || text === undefined) return undefined;
  const cache = cacheFolder(env);
  const known = recall(cache, file, text);
  if (known) return { file, values: known };
  const { checkConfig } = await import('./check.ts');
  const checked = checkConfig(file, text, owner);
  if (!checked.ok)
    throw new PipelineError('E_CONFIG', `the configuration ${file} has errors`, {
      diagnostics: checked.error,
    });
  remember(cache, file, text, checked.value);
  return { file, values: checked.value };
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw systemError('E_CONFIG', `the configuration ${file} cannot be read`, error);
  }
}

function cacheFolder(env: Environment): string {
  const base = env['XDG_CACHE_HOME'];
  return join(
    base === undefined || base === '' ? join(env['HOME'] ?? homedir(), '.cache') : base,
    'two-tower',
    'config',
  );
}

const envOf = (name: SettingName): string | undefined => (SETTINGS[name] as Setting).env;
const flagOf = (name: SettingName): string => (SETTINGS[name] as Setting).flag ?? name;

async function fromEnvironment(env: Environment): Promise<Values> {
  const given: Record<string, string> = {};
  for (const name of SETTING_NAMES) {
    const variable = envOf(name);
    const text = variable === undefined ? undefined : env[variable];
    if (text === undefined || text === '') continue;
    given[name] = name === 'store.path' ? resolve(text) : text;
  }
  return checked(given, (name) => envOf(name) ?? name);
}

async function checked(values: Values, nameOf: (name: SettingName) => string): Promise<Values> {
  const given = SETTING_NAMES.filter((name) => values[name] !== undefined);
  if (given.length === 0) return values;
  const { valueFault } = await import('./value.ts');
  for (const name of given) {
    const fault = valueFault(SETTINGS[name], values[name]);
    if (fault) throw new PipelineError('E_USAGE', `${nameOf(name)} ${fault.message}`, { hint: fault.hint });
  }
  return values;
}
