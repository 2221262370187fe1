import { PipelineError } from '../../src/stage.ts';

/** Where popular hosts put a revision in a URL; its first group is the revision. */
const REVISIONS: readonly { readonly host: RegExp; readonly path: RegExp }[] = [
  { host: /(^|\.)huggingface\.co$/, path: /\/(?:resolve|raw|blob)\/([^/]+)\// },
  { host: /^raw\.githubusercontent\.com$/, path: /^\/[^/]+\/[^/]+\/(?:refs\/heads\/)?([^/]+)\// },
  { host: /^github\.com$/, path: /^\/[^/]+\/[^/]+\/(?:raw|blob)\/(?:refs\/heads\/)?([^/]+)\// },
];

/**
 * A branch's content changes while its URL stays, and a result made from it could not be made again. A commit,
 * or a `sha256` in the spec, pins it.
 */
export function refuseMovingRevision(url: string): void {
  const { hostname, pathname } = new URL(url);
  for (const { host, path } of REVISIONS) {
    const revision = host.test(hostname) ? path.exec(pathname)?.[1] : undefined;
    if (revision === undefined || /^[0-9a-f]{40}$/.test(revision)) continue;
    throw new PipelineError(
      'E_INPUT',
      `${url} names the revision '${decodeURIComponent(revision)}', which can move`,
      {
        hint: 'put the commit (40 hexadecimal digits) in its place, or give the SHA-256 of the file under `sha256`',
      },
    );
  }
}
