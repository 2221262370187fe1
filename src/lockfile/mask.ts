/** Key documents as a lock holds them: a parameter that is a string is a digest, since a lock goes into git. */
import { digestOf } from '../base/hash.ts';
import { isObject, type Json, type JsonObject } from '../base/json.ts';
import { isFiles } from '../plan/key.ts';
import type { Manifest } from '../store/manifest.ts';
import type { LockedStage } from './lock-file.ts';

const MARK = 'sha256:';
/** Enough to tell two values apart; a lock is read by people too. */
const LENGTH = 12;

export function lockedStage(manifest: Manifest): LockedStage {
  const { kind, code, parameters, inputs, engine, libraries } = manifest.keyDocument;
  const { platform, node } = manifest.producer;
  return {
    kind,
    key: manifest.key,
    digest: manifest.digest,
    headline: manifest.headline,
    made: `${platform}, Node ${node}`,
    code,
    engine,
    libraries,
    inputs,
    parameters: masked(parameters) as JsonObject,
  };
}

/** Numbers, booleans and the digests of files stay; any other string may be an environment variable's secret. */
export function masked(value: Json): Json {
  if (typeof value === 'string') return `${MARK}${digestOf(value).slice(0, LENGTH)}`;
  if (Array.isArray(value)) return (value as readonly Json[]).map(masked);
  if (!isObject(value) || isFiles(value)) return value;
  const members = Object.entries(value);
  return Object.fromEntries(members.map(([name, member]) => [name, masked(member)]));
}

export function isMasked(value: Json): boolean {
  return typeof value === 'string' && value.startsWith(MARK);
}
