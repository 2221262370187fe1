import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { credentialSource } from '../../../../src/store/remote/objects/credentials.ts';
import { temporaryFolder } from '../../../helpers/run-kind.ts';

/** A home folder with these files in `.aws`. */
function home(files: Readonly<Record<string, string>> = {}): { HOME: string } {
  const folder = temporaryFolder();
  mkdirSync(join(folder, '.aws'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, '.aws', name), text);
  return { HOME: folder };
}

const CREDENTIALS = `[default]
aws_access_key_id = AKIDDEFAULT
aws_secret_access_key = default/secret=

[team]
aws_access_key_id=AKIDTEAM
aws_secret_access_key=team-secret
aws_session_token=token
`;

describe('credentials of S3', () => {
  it('are those of the environment, if they are there', async () => {
    const env = {
      ...home({ credentials: CREDENTIALS }),
      AWS_ACCESS_KEY_ID: 'AKIDENV',
      AWS_SECRET_ACCESS_KEY: 'env',
    };
    expect(await credentialSource(env, undefined).get()).toEqual({
      accessKeyId: 'AKIDENV',
      secretAccessKey: 'env',
    });
  });

  it.each(['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'])(
    'that are but half there are a mistake: %s',
    async (name) => {
      const source = credentialSource({ ...home({ credentials: CREDENTIALS }), [name]: 'given' }, undefined);
      await expect(source.get()).rejects.toMatchObject({
        kind: 'denied',
        message: expect.stringMatching(new RegExp(`^${name} is set, and AWS_\\w+ is not$`)) as string,
      });
    },
  );

  it('are those of the default profile, or of the one that is named', async () => {
    const env = home({
      credentials: CREDENTIALS,
      config: '[default]\nregion = eu-west-1\n[profile team]\nregion=us-west-2\n',
    });
    const byDefault = credentialSource(env, undefined);
    expect([await byDefault.get(), byDefault.region]).toEqual([
      { accessKeyId: 'AKIDDEFAULT', secretAccessKey: 'default/secret=' },
      'eu-west-1',
    ]);
    const named = credentialSource({ ...env, AWS_PROFILE: 'team' }, undefined);
    expect([await named.get(), named.region]).toEqual([
      { accessKeyId: 'AKIDTEAM', secretAccessKey: 'team-secret', sessionToken: 'token' },
      'us-west-2',
    ]);
    expect(
      await credentialSource({ ...env, AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b' }, 'team').get(),
    ).toMatchObject({
      accessKeyId: 'AKIDTEAM',
    });
  });

  it('are those that credential_process prints, asked for once', async () => {
    const env = home();
    const program = join(env.HOME, 'program.sh');
    writeFileSync(
      program,
      `echo called >> ${env.HOME}/calls\necho '{"Version":1,"AccessKeyId":"AKIDPROGRAM","SecretAccessKey":"s","Expiration":"2099-01-01T00:00:00Z"}'\n`,
    );
    writeFileSync(join(env.HOME, '.aws', 'config'), `[profile run]\ncredential_process = sh ${program}\n`);
    const source = credentialSource(env, 'run');
    expect(await Promise.all([source.get(), source.get()])).toEqual([
      expect.objectContaining({ accessKeyId: 'AKIDPROGRAM' }),
      expect.objectContaining({ accessKeyId: 'AKIDPROGRAM' }),
    ]);
  });

  it('are none where nothing is found: requests are not signed', async () => {
    expect(await credentialSource(home(), undefined).get()).toBeUndefined();
  });

  it('say what is wrong without a word of what the program printed', async () => {
    const config = `[profile loud]
credential_process = sh -c 'echo secret-output; echo secret-error >&2; exit 1'
[profile sso]
sso_start_url = https://example.org
`;
    const env = home({ config });
    const fault = await credentialSource(env, 'loud')
      .get()
      .catch((error: unknown) => String(error));
    expect(fault).toContain("credential_process of the profile 'loud' failed");
    expect(fault).not.toContain('secret-');
    await expect(credentialSource(env, 'sso').get()).rejects.toMatchObject({
      hint: 'Add a profile with `credential_process = aws configure export-credentials --profile sso --format process`.',
    });
    await expect(credentialSource(env, 'nobody').get()).rejects.toThrow(
      "there is no profile 'nobody' in ~/.aws",
    );
  });
});
