// Tests that need no VS Code, in three projects: `unit` is the inner loop; `process` starts whole programs and workers, or
// gives them more than they can bear, and takes its time. Both find the engine in dist/, where `npm run build` puts it.
// `cluster` starts a real API server and the Flux controllers, which `npm run test:cluster` builds first.
import { availableParallelism } from "node:os";

import { defineConfig } from "vitest/config";

const inVisualStudioCode = ["test/host/**", "test/web/**", "test/ui/**", "test/cluster/**"];
const ofWholePrograms = [
  "test/cluster/scenarios.test.ts",
  "test/**/end-to-end*.test.ts",
  "test/language-server/hosts/**/*.test.ts",
  "test/language-server/schema/{differential,packs}.test.ts",
  "test/simulator/engine/same-bytes.test.ts",
  "test/simulator/hostile/**/*.test.ts",
  "test/simulator/node/engine-pool.test.ts",
];

export default defineConfig({
  test: {
    // The default leaves one core free, which on a machine with two is half of it.
    maxWorkers: Math.min(4, availableParallelism()),
    testTimeout: 120_000,
    hookTimeout: 120_000,
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          // No test changes anything global; a fresh world for each file would cost a third of the time.
          isolate: false,
          include: ["test/**/*.test.ts"],
          exclude: [...inVisualStudioCode, ...ofWholePrograms],
        },
      },
      {
        extends: true,
        // Whole programs on a busy machine: how long they take is no matter of the tests.
        test: {
          name: "process",
          include: ofWholePrograms,
          testTimeout: 600_000,
          hookTimeout: 600_000,
        },
      },
      {
        extends: true,
        test: {
          name: "cluster",
          include: ["test/cluster/*.test.ts"],
          exclude: ofWholePrograms,
          fileParallelism: false,
          // They wait for other programs to do something: how long that takes is no matter of the tests.
          testTimeout: 1_200_000,
          hookTimeout: 1_200_000,
        },
      },
    ],
  },
});
