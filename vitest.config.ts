import { defineConfig } from 'vitest/config';

// TensorFlow.js' gradients come as modules that Node alone would not resolve; the rest is loaded as it is.
const deps = { inline: [/@tensorflow\/tfjs-core\/dist\/(?!tf-core\.node)/] };
const shared = { testTimeout: 60_000, hookTimeout: 180_000, server: { deps } };

export default defineConfig({
  test: {
    // Two cores are the smallest machine we promise to pass on; end-to-end tests start processes of their own.
    maxWorkers: 2,
    reporters: ['default', './test/helpers/closing-line.ts'],
    projects: [
      { test: { ...shared, name: 'unit', include: ['test/**/*.test.ts'], exclude: ['test/e2e/**'] } },
      {
        test: {
          ...shared,
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          globalSetup: ['test/helpers/build.ts'],
        },
      },
    ],
  },
});
