import type { RemoteSettings } from '../store/remote/open-objects.ts';
import type { Configuration, Environment } from './load.ts';

/** The remote store that is configured; undefined where there is none. */
export function remoteSettings({ values }: Configuration, env: Environment): RemoteSettings | undefined {
  const address = values['store.remote'];
  if (address === undefined) return undefined;
  return {
    address,
    mode: values['store.mode'] ?? (isPullRequest(env) ? 'read' : 'read-write'),
    push: values['store.push'] ?? true,
    region: values['store.region'],
    endpoint: values['store.endpoint'],
    pathStyle: values['store.path_style'],
    profile: values['store.profile'],
    signing: values['store.sign'] ?? 'optional',
    env,
  };
}

/** A build of code that nobody has accepted yet: what it makes must not reach others unless it is asked for. */
function isPullRequest(env: Environment): boolean {
  return (
    (env['GITHUB_EVENT_NAME'] ?? '').startsWith('pull_request') ||
    [env['CI_MERGE_REQUEST_IID'], env['BITBUCKET_PR_ID'], env['SYSTEM_PULLREQUEST_PULLREQUESTID']].some(
      Boolean,
    ) ||
    !['', 'false', undefined].includes(env['CIRCLE_PULL_REQUEST'])
  );
}
