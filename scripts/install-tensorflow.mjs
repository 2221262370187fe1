// Installs native TensorFlow for `engine.backend: tensorflow` into .tensorflow/ from package registries alone:
//   1. @tensorflow/tfjs-node (or -gpu) from npm, without its install script, which downloads from another host;
//   2. libtensorflow and its headers from TensorFlow's Python wheel, from PyPI or a mirror configured in pip;
//   3. the addon, compiled from the npm package's sources against both.
// Needs Python with pip, a C++17 compiler and about 1.5 GB of disk; Linux on x86-64 or arm64. It prints each step.
//   node scripts/install-tensorflow.mjs [--gpu] [--wheel FILE]
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

/** 2.10 is the oldest wheel version with the C library as a separate file; its C interface has been stable since. */
const TENSORFLOW = '2.15.1';
const TFJS = '4.22.0';
const NAPI = 8;

const { values: options } = parseArgs({
  options: { gpu: { type: 'boolean', default: false }, wheel: { type: 'string' } },
});
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const target = join(root, '.tensorflow');
const name = options.gpu ? '@tensorflow/tfjs-node-gpu' : '@tensorflow/tfjs-node';

const say = (text) => console.log(`• ${text}`);
function fail(text, hint) {
  console.error(`error: ${text}`);
  if (hint) console.error(`hint: ${hint}`);
  process.exit(1);
}

function run(command, args, hint, options = {}) {
  try {
    execFileSync(command, args, { stdio: ['ignore', 'ignore', 'inherit'], ...options });
  } catch (error) {
    fail(`${command} ${args[0]} failed (${error.code ?? `exit ${error.status}`})`, hint);
  }
}

function platformTags() {
  const machine = { x64: 'x86_64', arm64: 'aarch64' }[process.arch];
  if (process.platform !== 'linux' || !machine)
    fail(
      `this script knows Linux on x86-64 and arm64, not ${process.platform}-${process.arch}`,
      `npm install ${name}`,
    );
  return [`manylinux2014_${machine}`, `manylinux_2_17_${machine}`];
}

function installPackage() {
  say(`${name} ${TFJS} from npm`);
  mkdirSync(target, { recursive: true });
  writeFileSync(join(target, 'package.json'), '{ "private": true }\n');
  const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel', 'error'];
  run('npm', ['install', '--prefix', target, ...quiet, `${name}@${TFJS}`], 'Is the npm registry in reach?');
  return join(target, 'node_modules', ...name.split('/'));
}

function downloadWheel(folder) {
  // The wheel without CUDA is a third of the size; arm64 has one wheel for both.
  const project = options.gpu || process.arch === 'arm64' ? 'tensorflow' : 'tensorflow-cpu';
  say(`${project} ${TENSORFLOW} from PyPI`);
  const tags = platformTags().flatMap((tag) => ['--platform', tag]);
  const exactly = ['--no-deps', '--only-binary=:all:', '--python-version', '3.11', ...tags];
  run(
    'python3',
    ['-m', 'pip', 'download', '--quiet', '--dest', folder, ...exactly, `${project}==${TENSORFLOW}`],
    'Python with pip is needed, and PyPI or a mirror in reach; or fetch the wheel elsewhere and give it with --wheel FILE.',
  );
  return join(
    folder,
    readdirSync(folder).find((file) => file.endsWith('.whl')),
  );
}

/** The libraries and the headers of the C interface; the rest of the wheel is Python. */
function unpackWheel(wheel) {
  say('libtensorflow and headers out of the wheel');
  const wanted = "n.startswith(('tensorflow/libtensorflow', 'tensorflow/include/'))";
  const script = `import sys, zipfile\nz = zipfile.ZipFile(sys.argv[1])\nz.extractall(sys.argv[2], [n for n in z.namelist() if ${wanted}])`;
  run('python3', ['-c', script, wheel, target], 'Is the disk full?');
  return join(target, 'tensorflow');
}

function nodeHeaders() {
  const beside = join(dirname(dirname(process.execPath)), 'include', 'node');
  if (existsSync(join(beside, 'node_api.h'))) return beside;
  say('headers of Node-API from npm');
  run('npm', ['install', '--prefix', target, '--no-audit', '--no-fund', 'node-api-headers@1']);
  return join(target, 'node_modules', 'node-api-headers', 'include');
}

function compile(folder, tensorflow) {
  say('compiling the addon');
  const libraries = readdirSync(tensorflow).filter((file) =>
    /^libtensorflow(_cc|_framework)\.so\.2$/.test(file),
  );
  if (libraries.length < 2) fail(`the wheel holds ${libraries.join(', ') || 'no libtensorflow'}`);
  const lib = join(folder, 'deps', 'lib');
  mkdirSync(lib, { recursive: true });
  for (const file of libraries) {
    rmSync(join(lib, file), { force: true });
    symlinkSync(join(tensorflow, file), join(lib, file));
  }
  const output = join(folder, 'lib', `napi-v${NAPI}`);
  mkdirSync(output, { recursive: true });
  run(
    process.env.CXX ?? 'g++',
    [
      ...['-O2', '-std=c++17', '-shared', '-fPIC', `-DNAPI_VERSION=${NAPI}`],
      ...[`-I${nodeHeaders()}`, `-I${join(tensorflow, 'include')}`, `-I${folder}`],
      ...['tfjs_backend.cc', 'tfjs_binding.cc'].map((file) => join(folder, 'binding', file)),
      ...['-o', join(output, 'tfjs_binding.node'), `-L${lib}`, ...libraries.map((file) => `-l:${file}`)],
      '-Wl,-rpath,$ORIGIN/../../deps/lib',
    ],
    'A C++17 compiler is needed: apt-get install g++, or name one with CXX.',
  );
}

/** Loads it once in a separate process, to detect an incomplete installation. */
function check(folder) {
  const script = `
    const util = require('node:util');
    util.isNullOrUndefined = (x) => x === null || x === undefined;
    util.isArray = Array.isArray;
    const tf = require(process.argv[1]);
    const backend = tf.backend();
    if (tf.matMul(tf.ones([2, 3]), tf.ones([3, 2])).dataSync()[0] !== 3) throw new Error('1 + 1 + 1 is not 3');
    console.log('libtensorflow ' + backend.binding.TF_Version + ' on the ' + (backend.isUsingGpuDevice ? 'GPU' : 'CPU'));`;
  const env = { ...process.env, TF_CPP_MIN_LOG_LEVEL: '2' };
  return execFileSync(process.execPath, ['-e', script, folder], { encoding: 'utf8', env }).trim();
}

platformTags();
const folder = installPackage();
const downloads = mkdtempSync(join(tmpdir(), 'tensorflow-'));
try {
  compile(folder, unpackWheel(options.wheel ?? downloadWheel(downloads)));
} finally {
  rmSync(downloads, { recursive: true, force: true });
}
say(`works: ${check(folder)}`);
say('write `engine: { backend: tensorflow }` in a spec, or --set engine.backend=tensorflow');
