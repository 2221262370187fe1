/**
 * What a remote store needs of a server: objects by name, read, written and asked for one at a time. S3, plain HTTP and a
 * shared folder implement it. Nothing here knows of artifacts. Failures are `RemoteFault`s.
 */
import type { Readable } from 'node:stream';

export interface ObjectInfo {
  readonly name: string;
  readonly size: number;
  /** Milliseconds since the epoch. */
  readonly modified: number;
}

export interface OpenObject {
  /** Length of the whole object, where the server says it. */
  readonly size: number | undefined;
  /** The offset at which the body begins: 0 where the server ignored the one asked for. */
  readonly from: number;
  readonly body: Readable;
}

/** A file of this machine whose content is known. */
export interface LocalFile {
  readonly path: string;
  readonly size: number;
  readonly sha256: string;
}

export interface Objects {
  /** The address as it may be shown. */
  readonly url: string;
  /** A small object as a whole; undefined where there is none. */
  read(name: string, signal: AbortSignal): Promise<Buffer | undefined>;
  open(name: string, from: number, signal: AbortSignal): Promise<OpenObject | undefined>;
  head(name: string, signal: AbortSignal): Promise<ObjectInfo | undefined>;
  /** Writes a small object. With `createOnly`, `exists` where there is one already and the server can tell. */
  write(name: string, content: Buffer, options: WriteOptions): Promise<'written' | 'exists'>;
  /** Writes a file. Rejects with the fault `changed` where its bytes are not those of `sha256`. */
  upload(name: string, file: LocalFile, signal: AbortSignal): Promise<void>;
  remove(name: string): Promise<void>;
  /** Every object whose name begins with the prefix, which ends with a slash. Never used while stages run. */
  list(prefix: string): AsyncIterable<ObjectInfo>;
}

export interface WriteOptions {
  readonly createOnly: boolean;
  readonly signal: AbortSignal;
}
