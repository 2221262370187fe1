/** The address of a remote store → the objects behind it. Loads only the client that it needs, when it is needed. */
import { PipelineError } from '../../base/diagnostic.ts';
import type { Signing } from './entry.ts';
import type { Objects } from './objects/objects.ts';

export interface RemoteSettings {
  /** `s3://bucket/prefix`, `https://host/path` or `file:///folder`. */
  readonly address: string;
  readonly mode: 'read' | 'read-write';
  /** Upload what is made. */
  readonly push: boolean;
  readonly region?: string | undefined;
  readonly endpoint?: string | undefined;
  readonly pathStyle?: boolean | undefined;
  readonly profile?: string | undefined;
  readonly signing: Signing;
  /** Where credentials and the key of signatures come from. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

export async function openObjects(settings: RemoteSettings): Promise<Objects> {
  const { address, env } = settings;
  switch (new URL(address).protocol) {
    case 's3:': {
      const [{ s3Objects }, { credentialSource }] = await Promise.all([
        import('./objects/s3-objects.ts'),
        import('./objects/credentials.ts'),
      ]);
      return s3Objects({
        address,
        endpoint: settings.endpoint ?? env['AWS_ENDPOINT_URL_S3'] ?? env['AWS_ENDPOINT_URL'],
        pathStyle: settings.pathStyle,
        region: settings.region,
        credentials: credentialSource(env, settings.profile),
      });
    }
    case 'file:': {
      const { folderObjects } = await import('./objects/folder-objects.ts');
      return folderObjects(address);
    }
    default: {
      const { httpObjects } = await import('./objects/http-objects.ts');
      return httpObjects(address, authorizationFrom(env));
    }
  }
}

function authorizationFrom(env: RemoteSettings['env']): string | undefined {
  const {
    PIPELINE_REMOTE_TOKEN: token,
    PIPELINE_REMOTE_USER: user,
    PIPELINE_REMOTE_PASSWORD: password,
  } = env;
  if (token) return `Bearer ${token}`;
  return user ? `Basic ${Buffer.from(`${user}:${password ?? ''}`).toString('base64')}` : undefined;
}

/** The team's key of signatures. Throws `E_USAGE` where it is required and missing. */
export function signatureKey({ env, signing }: RemoteSettings): string | undefined {
  const key = env['PIPELINE_STORE_KEY'];
  if (key) return key;
  if (signing !== 'required') return undefined;
  throw new PipelineError('E_USAGE', 'store.sign is required, and PIPELINE_STORE_KEY is not set', {
    hint: "Set PIPELINE_STORE_KEY to the team's key, or set `store.sign: optional`.",
  });
}
