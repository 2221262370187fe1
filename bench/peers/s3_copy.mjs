// The same transfer by others: rclone if RCLONE names its command, else aws if AWS does.
const { RCLONE, AWS, REMOTE_BUCKET: bucket = 'bench' } = process.env;

/** Undefined where neither is there. */
export function copyTool(endpoint) {
  if (RCLONE) {
    const remote = (name) =>
      `:s3,provider=Other,env_auth=true,force_path_style=true,endpoint="${endpoint}":${bucket}/${name}`;
    return {
      name: 'rclone copy',
      up: (folder, name) => [RCLONE, 'copy', folder, remote(name)],
      down: (name, folder) => [RCLONE, 'copy', remote(name), folder],
    };
  }
  if (!AWS) return undefined;
  const common = ['s3', 'cp', '--recursive', '--quiet', '--endpoint-url', endpoint];
  return {
    name: 'aws s3 cp',
    up: (folder, name) => [AWS, ...common, folder, `s3://${bucket}/${name}`],
    down: (name, folder) => [AWS, ...common, `s3://${bucket}/${name}`, folder],
  };
}
