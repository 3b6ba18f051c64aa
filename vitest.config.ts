// Tests that need no VS Code, in two projects: `unit` is the inner loop, `process` starts whole programs.
// Both find the engine in dist/, where `npm run build` puts it.
import { defineConfig } from "vitest/config";

const inVisualStudioCode = ["test/host/**", "test/web/**", "test/ui/**", "test/cluster/**"];
const ofWholePrograms = ["test/**/end-to-end*.test.ts"];

export default defineConfig({
  test: {
    testTimeout: 60_000,
    hookTimeout: 60_000,
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: ["test/**/*.test.ts"],
          exclude: [...inVisualStudioCode, ...ofWholePrograms],
        },
      },
      { extends: true, test: { name: "process", include: ofWholePrograms } },
    ],
  },
});
