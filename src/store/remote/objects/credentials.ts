/**
 * Credentials of S3: from the environment, else from the profile in ~/.aws, which may name a program that prints them
 * (`credential_process`). They are read when the first request needs them, and again before they expire.
 */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { now } from '../../../base/clock.ts';
import { RemoteFault } from './remote-fault.ts';

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  /** Milliseconds since the epoch; absent where they do not expire. */
  readonly expires?: number;
}

export interface CredentialSource {
  /** Where they come from, in words. */
  readonly from: string;
  /** Undefined: requests are not signed. */
  get(): Promise<Credentials | undefined>;
  /** Region of the profile. */
  readonly region: string | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

export function credentialSource(env: Environment, profile: string | undefined): CredentialSource {
  const name = profile ?? env['AWS_PROFILE'] ?? 'default';
  const region = env['AWS_REGION'] ?? env['AWS_DEFAULT_REGION'];
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = env;
  if (profile === undefined && accessKeyId && secretAccessKey) {
    const sessionToken = env['AWS_SESSION_TOKEN'];
    const found = { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) };
    return { from: 'AWS_ACCESS_KEY_ID', region, get: () => Promise.resolve(found) };
  }
  if (profile === undefined && (accessKeyId || secretAccessKey)) {
    const [there, lacking] = accessKeyId
      ? (['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'] as const)
      : (['AWS_SECRET_ACCESS_KEY', 'AWS_ACCESS_KEY_ID'] as const);
    return { from: there, region, get: () => Promise.reject(half(there, lacking)) };
  }
  const settings = profileSettings(env, name);
  const inFiles = { region: region ?? settings?.['region'] };
  if (!settings) {
    const from = 'no credentials were found in the environment or in ~/.aws';
    if (profile !== undefined || env['AWS_PROFILE'])
      return { from, ...inFiles, get: () => Promise.reject(missingProfile(name)) };
    return { from, ...inFiles, get: () => Promise.resolve(undefined) };
  }
  const { aws_access_key_id: id, aws_secret_access_key: secret, aws_session_token: token } = settings;
  if (id && secret) {
    const found = { accessKeyId: id, secretAccessKey: secret, ...(token ? { sessionToken: token } : {}) };
    return { from: `profile ${name} in ~/.aws`, ...inFiles, get: () => Promise.resolve(found) };
  }
  const command = settings['credential_process'];
  if (command)
    return {
      from: `credential_process of profile ${name}`,
      ...inFiles,
      get: renewed(() => askProgram(command, name)),
    };
  const from = `profile ${name} has no credentials that can be used`;
  const get = Object.keys(settings).some((key) => /^(sso_|role_arn|source_profile)/.test(key))
    ? () => Promise.reject(indirect(name))
    : () => Promise.resolve(undefined);
  return { from, ...inFiles, get };
}

function half(there: string, lacking: string): RemoteFault {
  return new RemoteFault('denied', `${there} is set, and ${lacking} is not`, {
    hint: `Set ${lacking} too, or neither to use the profile in ~/.aws.`,
  });
}

function missingProfile(name: string): RemoteFault {
  return new RemoteFault('denied', `there is no profile '${name}' in ~/.aws`, {
    hint: 'Correct `store.profile` or AWS_PROFILE, or add the profile with `aws configure`.',
  });
}

function indirect(name: string): RemoteFault {
  return new RemoteFault('denied', `the profile '${name}' gets its credentials by single sign-on or a role`, {
    hint: `Add a profile with \`credential_process = aws configure export-credentials --profile ${name} --format process\`.`,
  });
}

const MARGIN_MS = 5 * 60_000;

/** Asks once for all requests at a time, and again shortly before the end. */
function renewed(ask: () => Promise<Credentials>): () => Promise<Credentials> {
  let current: Promise<Credentials> | undefined;
  let expires = Infinity;
  return () => {
    if (current && now() < expires - MARGIN_MS) return current;
    expires = Infinity;
    current = ask().then((credentials) => {
      expires = credentials.expires ?? Infinity;
      return credentials;
    });
    current.catch(() => (current = undefined));
    return current;
  };
}

const run = promisify(execFile);

/** What the program prints is never shown, nor is its command line: both may contain secrets. */
async function askProgram(command: string, profile: string): Promise<Credentials> {
  const failed = (what: string): RemoteFault =>
    new RemoteFault('denied', `credential_process of the profile '${profile}' ${what}`, {
      hint: 'Run the command of ~/.aws/config by hand to see what it says.',
    });
  let output: string;
  try {
    output = (await run('/bin/sh', ['-c', command], { timeout: 60_000, maxBuffer: 1_000_000 })).stdout;
  } catch {
    throw failed('failed');
  }
  try {
    const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = JSON.parse(output) as Record<
      string,
      string
    >;
    if (!AccessKeyId || !SecretAccessKey) throw failed('printed no keys');
    return {
      accessKeyId: AccessKeyId,
      secretAccessKey: SecretAccessKey,
      ...(SessionToken ? { sessionToken: SessionToken } : {}),
      ...(Expiration ? { expires: Date.parse(Expiration) } : {}),
    };
  } catch (error) {
    if (error instanceof RemoteFault) throw error;
    throw failed('printed no JSON');
  }
}

/** The settings of a profile in both files; undefined where neither has it. */
function profileSettings(env: Environment, name: string): Readonly<Record<string, string>> | undefined {
  const home = join(env['HOME'] ?? homedir(), '.aws');
  const config = sections(env['AWS_CONFIG_FILE'] ?? join(home, 'config'));
  const credentials = sections(env['AWS_SHARED_CREDENTIALS_FILE'] ?? join(home, 'credentials'));
  const found = [config.get(name === 'default' ? 'default' : `profile ${name}`), credentials.get(name)];
  return found.some((one) => one !== undefined)
    ? (Object.assign({}, ...found) as Record<string, string>)
    : undefined;
}

function sections(file: string): Map<string, Record<string, string>> {
  const found = new Map<string, Record<string, string>>();
  let current: Record<string, string> = {};
  for (const line of textOf(file).split(/\r?\n/)) {
    const [, section] = /^\s*\[([^\]]+)\]/.exec(line) ?? [];
    if (section !== undefined) found.set(section.trim(), (current = found.get(section.trim()) ?? {}));
    // An indented line is a setting of one service.
    else if (/^[A-Za-z]/.test(line)) {
      const [, key, value] = /^([A-Za-z_]+)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
      if (key !== undefined) current[key] = value!;
    }
  }
  return found;
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
