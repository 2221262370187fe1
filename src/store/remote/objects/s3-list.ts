/** ListObjectsV2, page by page. */
import { bodyOf } from './http-request.ts';
import type { ObjectInfo } from './objects.ts';
import { refused } from './answers.ts';
import type { S3Sender } from './s3-sender.ts';

const PAGE_MS = 60_000;

/** `prefix` is that of the store, `names` that of the objects inside it. */
export async function* listS3(send: S3Sender, prefix: string, names: string): AsyncGenerator<ObjectInfo> {
  const root = prefix === '' ? '' : `${prefix}/`;
  let token: string | undefined;
  do {
    const signal = AbortSignal.timeout(PAGE_MS);
    const query = {
      'list-type': '2',
      prefix: `${root}${names}`,
      ...(token === undefined ? {} : { 'continuation-token': token }),
    };
    const answer = await send('GET', null, { query, signal });
    if (answer.status !== 200) throw await refused(answer, `listing ${names}`, signal);
    const text = (await bodyOf(answer, signal)).toString('utf8');
    for (const [, item = ''] of text.matchAll(/<Contents>([^]*?)<\/Contents>/g))
      yield {
        name: (fieldOf(item, 'Key') ?? '').slice(root.length),
        size: Number(fieldOf(item, 'Size')),
        modified: Date.parse(fieldOf(item, 'LastModified') ?? ''),
      };
    token = fieldOf(text, 'IsTruncated') === 'true' ? fieldOf(text, 'NextContinuationToken') : undefined;
  } while (token !== undefined);
}

function fieldOf(xml: string, name: string): string | undefined {
  const text = new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1];
  return text
    ?.replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');
}
