import { defineConfig } from 'vitest/config';

// TensorFlow.js' gradients come as modules that Node alone would not resolve; the rest is loaded as it is.
const deps = { inline: [/@tensorflow\/tfjs-core\/dist\/(?!tf-core\.node)/] };
// Timeouts end a run that hangs. They are far above what a test takes on a busy machine: no test depends on them.
const shared = { testTimeout: 180_000, hookTimeout: 300_000, server: { deps } };

export default defineConfig({
  test: {
    // Two cores are the smallest machine we promise to pass on; end-to-end tests start processes of their own.
    maxWorkers: 2,
    reporters: ['default', './test/helpers/closing-line.ts'],
    projects: [
      {
        test: {
          ...shared,
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/e2e/**', 'test/**/*.slow.test.ts'],
          // One process for many files: starting one for each took a tenth of the whole time.
          isolate: false,
        },
      },
      // Tests in process that take more than about three seconds of one processor, by file name.
      { test: { ...shared, name: 'slow', include: ['test/**/*.slow.test.ts'], testTimeout: 600_000 } },
      {
        test: {
          ...shared,
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          testTimeout: 300_000,
          globalSetup: ['test/helpers/build.ts'],
        },
      },
    ],
  },
});
