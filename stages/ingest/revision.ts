import { PipelineError } from '../../src/stage.ts';

/** The URL patterns of popular hosts; the first group is the revision. */
const REVISIONS: readonly { readonly host: RegExp; readonly path: RegExp }[] = [
  { host: /(^|\.)huggingface\.co$/, path: /\/(?:resolve|raw|blob)\/([^/]+)\// },
  { host: /^raw\.githubusercontent\.com$/, path: /^\/[^/]+\/[^/]+\/(?:refs\/heads\/)?([^/]+)\// },
  { host: /^github\.com$/, path: /^\/[^/]+\/[^/]+\/(?:raw|blob)\/(?:refs\/heads\/)?([^/]+)\// },
];

/**
 * Rejects URLs of branches: their content can change, and the result could not be reproduced. A commit, or `sha256` in
 * the spec, pins the content.
 */
export function refuseMovingRevision(url: string): void {
  const { hostname, pathname } = new URL(url);
  for (const { host, path } of REVISIONS) {
    const revision = host.test(hostname) ? path.exec(pathname)?.[1] : undefined;
    if (revision === undefined || /^[0-9a-f]{40}$/.test(revision)) continue;
    throw new PipelineError(
      'E_INPUT',
      `${url} names the revision '${decodeURIComponent(revision)}', which can change`,
      {
        hint: 'Use the commit (40 hexadecimal digits) instead, or write the SHA-256 of the file under `sha256`.',
      },
    );
  }
}
