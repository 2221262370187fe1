/** Flags and argument types that several commands share. */
import { InvalidArgumentError, type Command } from 'commander';
import { PipelineError } from '../../base/diagnostic.ts';
import { bytesOf } from '../../base/units.ts';
import { parseAge } from '../../history/filter.ts';

/** Takes a command's exit code. */
export type Done = (exitCode: number) => void;

export function positive(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new InvalidArgumentError('It must be an integer of at least 1.');
  return value;
}

/** `4GB`, `512 MiB`, or plain bytes. */
export function bytes(text: string): number {
  const value = bytesOf(text);
  if (value === undefined || value <= 0) throw new InvalidArgumentError('It must be a size, such as 4GB.');
  return value;
}

export function collect(text: string, all: readonly string[] = []): readonly string[] {
  return [...all, text];
}

/** Commands that are about the store itself: with the flag alone, about the remote one that is configured. */
export const ON_REMOTE = [
  '--remote [url]',
  'the remote store instead: the one that is configured, or this one',
] as const;

export function withStore(command: Command): Command {
  return withLocalStore(command).option(...REMOTE_FLAG);
}

export function withLocalStore(command: Command): Command {
  return command.option(
    '--store <folder>',
    'folder of the artifacts (default: PIPELINE_STORE, or artifacts/ of the project that contains the working folder)',
  );
}

export const REMOTE_FLAG = [
  '--remote <url>',
  'shared store behind it: s3://bucket/prefix, https://host/path or file:///folder (default: PIPELINE_REMOTE or pipeline.config.yaml)',
] as const;

export function example(...commands: readonly string[]): string {
  const title = commands.length === 1 ? 'Example' : 'Examples';
  return `\n${title}:\n${commands.map((command) => `  ${command}`).join('\n')}`;
}

export function whole(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0)
    throw new InvalidArgumentError('It must be an integer of at least 0.');
  return value;
}

/** Seconds. */
export function age(text: string): number {
  try {
    return parseAge(text);
  } catch (error) {
    if (error instanceof PipelineError)
      throw new InvalidArgumentError('It must be an age, such as 12h, 7d or 2w.');
    throw error;
  }
}
