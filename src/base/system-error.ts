/**
 * The system's refusals in plain words. A number of the system (`ENOSPC`) and Node's own sentence around it say little
 * to most people; every message that reports a failed file operation takes its words and its hint from here.
 */
import { getSystemErrorMap } from 'node:util';
import { PipelineError } from './diagnostic.ts';

interface Words {
  readonly reason: string;
  readonly hint?: string;
}

const PERMISSIONS = 'Check the permissions of the file and of the folders above it.';

const WORDS: Readonly<Record<string, Words>> = {
  EACCES: { reason: 'permission denied', hint: PERMISSIONS },
  EPERM: { reason: 'permission denied', hint: PERMISSIONS },
  ENOENT: { reason: 'there is no such file or folder' },
  ENOTDIR: { reason: 'a file is where a folder should be' },
  EISDIR: { reason: 'it is a folder, not a file' },
  EEXIST: { reason: 'it exists already' },
  ENOTEMPTY: { reason: 'the folder is not empty' },
  ENOSPC: {
    reason: 'no space is left on the disk',
    hint: 'Free some space, then run the same command again: finished stages are kept.',
  },
  EDQUOT: {
    reason: 'the disk quota is used up',
    hint: 'Free some space, then run the same command again: finished stages are kept.',
  },
  EFBIG: { reason: 'the file is too large for the file system' },
  EROFS: { reason: 'the file system is read-only', hint: 'Name a folder on another file system.' },
  EMFILE: {
    reason: 'too many files are open',
    hint: 'Raise the limit of the shell, for example with `ulimit -n 4096`, or use a lower `--jobs`.',
  },
  ENFILE: { reason: 'the system has too many open files', hint: 'Close other programs and try again.' },
  ENOMEM: { reason: 'the machine is out of memory', hint: 'Close other programs, or use a lower `--jobs`.' },
  EAGAIN: { reason: 'the system has no more processes or memory to give', hint: 'Use a lower `--jobs`.' },
  ENAMETOOLONG: { reason: 'the name is too long for the file system', hint: 'Use a shorter name or folder.' },
  ELOOP: {
    reason: 'links point to each other in a circle',
    hint: 'Replace the link by what it should point to.',
  },
  EXDEV: { reason: 'it is on another file system' },
  EBUSY: { reason: 'it is in use', hint: 'End the program that uses it, then try again.' },
  ETXTBSY: { reason: 'the program is being written', hint: 'Try again when it is whole.' },
  EIO: { reason: 'the disk reported an error', hint: 'Check the disk: data on it may be damaged.' },
  ESTALE: { reason: 'the network file system lost the file', hint: 'Run the same command again.' },
  E2BIG: { reason: 'the command line is too long', hint: 'Pass the values in a file.' },
  ENOEXEC: { reason: 'it is no program that this machine can run' },
  ECONNREFUSED: { reason: 'the connection was refused' },
  ECONNRESET: { reason: 'the connection was closed' },
  ETIMEDOUT: { reason: 'there was no answer in time' },
  ENOTFOUND: { reason: 'the name of the host is unknown' },
  EPIPE: { reason: 'the program at the other end has ended' },
  ERR_STRING_TOO_LONG: { reason: 'it is too large to be read as one text' },
  ERR_FS_FILE_TOO_LARGE: { reason: 'it is too large to be read at once' },
};

type SystemError = NodeJS.ErrnoException;

/** Whether the system refused something, as opposed to a fault in a program. */
export function isSystemError(error: unknown): error is SystemError {
  const { code, syscall } = (error ?? {}) as SystemError;
  return error instanceof Error && typeof code === 'string' && (syscall !== undefined || code in WORDS);
}

/** Why it failed: without a full stop, to follow a colon. Other errors keep the first line of their own message. */
export function reasonOf(error: unknown): string {
  if (!isSystemError(error)) {
    const [line] = (error instanceof Error ? error.message : String(error)).trim().split('\n', 1);
    return line || 'no reason was given';
  }
  return WORDS[error.code!]?.reason ?? described(error) ?? 'the system refused it';
}

/** The system's own description, without its code and call. */
function described({ errno }: SystemError): string | undefined {
  return errno === undefined ? undefined : getSystemErrorMap().get(errno)?.[1];
}

/** What to do about it, where there is something to do whatever the file was. */
export function hintOf(error: unknown): string | undefined {
  return isSystemError(error) ? WORDS[error.code!]?.hint : undefined;
}

/**
 * `doing`: what failed, such as `the store cannot be written`. The path that the system refused is added where `doing`
 * does not name it. A PipelineError is returned as it is: it has its own words.
 */
export function systemError(
  code: string,
  doing: string,
  error: unknown,
  hint: string | undefined = hintOf(error),
): PipelineError {
  if (error instanceof PipelineError) return error;
  const path = isSystemError(error) ? error.path : undefined;
  const place = path === undefined || doing.includes(path) ? '' : ` (${path})`;
  return new PipelineError(code, `${doing}: ${reasonOf(error)}${place}`, { hint, cause: error });
}
