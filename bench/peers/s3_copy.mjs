// The same transfer by others: rclone, and the command line of AWS. RCLONE and AWS name their commands where they are not
// on the PATH, and with an empty text leave one out.
import { spawnSync } from 'node:child_process';

const { RCLONE = 'rclone', AWS = 'aws', REMOTE_BUCKET: bucket = 'bench' } = process.env;

/** With what rclone leaves out: the SHA-256 of every byte that arrived, and that all are on the disk. */
const VERIFIED = 'set -e; from=$1 to=$2; "$0" copy "$from" "$to"; find "$to" -type f -exec sha256sum {} + > /dev/null; find "$to" -type f -exec sync {} +';

/** Those that are installed; `up` is absent where the way is measured under another name. */
export function copyTools(endpoint) {
  const remote = (name) =>
    `:s3,provider=Other,env_auth=true,force_path_style=true,endpoint="${endpoint}":${bucket}/${name}`;
  const common = ['s3', 'cp', '--recursive', '--quiet', '--endpoint-url', endpoint];
  const all = [
    {
      name: 'rclone copy',
      command: RCLONE,
      up: (folder, name) => [RCLONE, 'copy', folder, remote(name)],
      down: (name, folder) => [RCLONE, 'copy', remote(name), folder],
    },
    {
      name: 'rclone copy, sha256sum and sync',
      command: RCLONE,
      down: (name, folder) => ['sh', '-c', VERIFIED, RCLONE, remote(name), folder],
    },
    {
      name: 'aws s3 cp',
      command: AWS,
      up: (folder, name) => [AWS, ...common, folder, `s3://${bucket}/${name}`],
      down: (name, folder) => [AWS, ...common, `s3://${bucket}/${name}`, folder],
    },
  ];
  return all.filter(
    ({ command }) =>
      command !== '' && spawnSync(command, ['--version'], { stdio: 'ignore', timeout: 60_000 }).status === 0,
  );
}
