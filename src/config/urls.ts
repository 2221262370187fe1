/** The URLs of settings: whether each has a form that can be used. Only that of the queue may have a password. */

export interface Fault {
  /** What is wrong, to follow the name of the setting. */
  readonly message: string;
  readonly hint: string;
}

const REMOTE_FORMS = 'Write s3://bucket/prefix, https://host/path, or file:///folder with an absolute path.';

export function remoteFault(text: string): Fault | undefined {
  const url = parsed(text);
  if (!url) return { message: `must be a URL, got '${withoutSecret(text)}'`, hint: REMOTE_FORMS };
  const secret = secretIn(url);
  if (secret) return secret;
  if (!['s3:', 'http:', 'https:', 'file:'].includes(url.protocol))
    return { message: `has the unknown scheme '${url.protocol}//'`, hint: REMOTE_FORMS };
  if (url.search !== '' || url.hash !== '')
    return { message: 'must not have a query or a fragment', hint: REMOTE_FORMS };
  if (url.protocol === 's3:' && !/^[a-z0-9][a-z0-9._-]+$/.test(url.hostname))
    return {
      message: `has no valid bucket name, got '${text}'`,
      hint: 'A bucket has lower-case letters, digits, dots and hyphens, as in s3://team-cache/two-tower.',
    };
  if (url.protocol === 'file:' && (url.hostname !== '' || !/^file:\/\/\//.test(text)))
    return {
      message: `needs an absolute path, got '${text}'`,
      hint: 'Write three slashes: file:///mnt/cache.',
    };
  return undefined;
}

export function urlFault(text: string): Fault | undefined {
  const url = parsed(text);
  if (url && ['http:', 'https:'].includes(url.protocol)) return secretIn(url);
  return {
    message: `must be an http or https URL, got '${withoutSecret(text)}'`,
    hint: 'Write the server with its scheme, as in https://minio.example.org.',
  };
}

export function queueFault(text: string): Fault | undefined {
  const url = parsed(text);
  if (url && ['redis:', 'rediss:'].includes(url.protocol)) return undefined;
  return {
    message: `must be a redis or rediss URL, got '${withoutSecret(text)}'`,
    hint: 'Write the server with its scheme and port, as in redis://queue.example.org:6379.',
  };
}

/**
 * A URL, or a line with one, as it may be shown: without a user name and password. A password with a slash makes it
 * invalid, so everything up to the last @ may be part of one.
 */
export function withoutSecret(text: string): string {
  const url = /^\w+:\/\//.test(text) ? parsed(text) : undefined;
  if (!url) return text.replace(/\/\/\S*@/g, '//***@');
  return secretIn(url) ? text.replace(/\/\/[^/]*@/, '//***@') : text;
}

function parsed(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}

function secretIn({ username, password }: URL): Fault | undefined {
  if (username === '' && password === '') return undefined;
  return {
    message: 'must not contain a user name or password',
    hint: 'Give credentials in the environment or in ~/.aws (docs/REMOTE.md), and write the URL without them.',
  };
}
