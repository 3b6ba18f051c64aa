// Bundles the rooms for shipping: dist/*.cjs for Node.js, dist/web/*.js for browsers. The engine is built apart.
// `--tests` also bundles the suites that run inside VS Code, into dist-test/. `--watch` keeps bundling; it and `--readable`
// leave the text unshortened.
import { chmodSync, existsSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

import * as esbuild from "esbuild";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const minify = !process.argv.includes("--watch") && !process.argv.includes("--readable");

const shared = {
  absWorkingDir: root,
  bundle: true,
  external: ["vscode"],
  // Source maps stay out of the package (see .vscodeignore); they serve stack traces in a checkout.
  sourcemap: true,
  sourcesContent: false,
  logLevel: "warning",
};
/** A CommonJS file has no import.meta; its address is put in place of it. */
const ownAddress = 'const ownAddress = require("node:url").pathToFileURL(__filename).href;';
const node = {
  ...shared,
  platform: "node",
  format: "cjs",
  target: "node20",
  minify,
  mainFields: ["module", "main"],
  define: { "import.meta.url": "ownAddress" },
  banner: { js: ownAddress },
};
const web = {
  ...shared,
  platform: "browser",
  target: "es2022",
  minify,
  define: { global: "globalThis", "process.env": "{}" },
};

/**
 * The extension uses small parts of the simulator; what no part of it calls is left out. Modules of the simulator do nothing
 * but define, and so do the packages that it evaluates expressions and reads YAML with.
 */
const onlyWhatIsUsed = {
  name: "only-what-is-used",
  setup(build) {
    build.onResolve(
      { filter: /^#simulator$|^\.|^@marcbachmann\/cel-js$|^yaml$/ },
      async (found) => {
        const { path, pluginData, ...rest } = found;
        if (pluginData === "resolving" || found.kind === "entry-point") return undefined;
        const inside = /[\\/]simulator[\\/]/.test(found.importer);
        if (path.startsWith(".") && !inside) return undefined;
        const resolved = await build.resolve(path, {
          importer: rest.importer,
          resolveDir: rest.resolveDir,
          kind: rest.kind,
          pluginData: "resolving",
        });
        return resolved.errors.length > 0 ? undefined : { path: resolved.path, sideEffects: false };
      },
    );
  },
};

/** Bundles of their own: the Kubernetes client, read when somebody connects to a cluster, and what pushes. */
const laterLoaded = {
  name: "later-loaded",
  setup(build) {
    build.onResolve({ filter: /\/kube-client\.ts$/ }, ({ kind }) =>
      kind === "dynamic-import" ? { path: "./cluster.cjs", external: true } : undefined,
    );
    build.onResolve({ filter: /^#simulator\/node\/(push|publish)$/ }, ({ kind, path }) =>
      kind === "dynamic-import"
        ? { path: `./${path.split("/").at(-1)}.cjs`, external: true }
        : undefined,
    );
  },
};

/** isomorphic-git is a file that two programs of the extension share; `sluice` has to be one file. */
const sharedGit = {
  name: "shared-git",
  setup(build) {
    build.onResolve({ filter: /^isomorphic-git$/ }, () => ({
      path: "./isomorphic-git.cjs",
      external: true,
    }));
  },
};

/**
 * Of the Kubernetes client only its reading of kubeconfigs is used. Its typed API would be most of the bundle, and undici,
 * on which its own requests run, does not load on Node.js 20, which the oldest supported VS Code has.
 */
const withoutFetch = {
  name: "without-fetch",
  setup(build) {
    build.onResolve({ filter: /^undici$|^\.\/gen\/index\.js$/ }, ({ path }) => ({
      path,
      namespace: "left-out",
    }));
    build.onLoad({ filter: /.*/, namespace: "left-out" }, () => ({
      contents:
        "export class Agent {}; export class ProxyAgent {}; export class ServerConfiguration {};" +
        "export function createConfiguration() { throw new Error('left out of this bundle'); }",
    }));
  },
};

const bundles = [
  {
    ...node,
    entryPoints: ["extension/main.ts"],
    outfile: "dist/extension.cjs",
    plugins: [laterLoaded, onlyWhatIsUsed],
    supported: { "dynamic-import": false },
  },
  {
    ...node,
    entryPoints: ["simulator/node/cluster/kube-client.ts"],
    outfile: "dist/cluster.cjs",
    plugins: [withoutFetch, onlyWhatIsUsed],
  },
  {
    ...node,
    entryPoints: ["language-server/main.ts"],
    outfile: "dist/language-server.cjs",
    plugins: [sharedGit],
  },
  {
    ...node,
    entryPoints: ["simulator/node/push/index.ts"],
    outfile: "dist/push.cjs",
    plugins: [sharedGit],
  },
  {
    ...node,
    entryPoints: ["simulator/node/publish/index.ts"],
    outfile: "dist/publish.cjs",
    plugins: [onlyWhatIsUsed],
  },
  {
    ...node,
    entryPoints: ["node_modules/isomorphic-git/index.js"],
    outfile: "dist/isomorphic-git.cjs",
  },
  { ...node, entryPoints: ["simulator/node/engine-worker.ts"], outfile: "dist/engine-worker.cjs" },
  {
    ...node,
    entryPoints: ["cli/main.ts"],
    outfile: "dist/sluice.cjs",
    plugins: [laterLoaded],
    supported: { "dynamic-import": false },
    banner: { js: `#!/usr/bin/env node\n${ownAddress}` },
  },
  { ...web, format: "cjs", entryPoints: ["extension/web.ts"], outfile: "dist/web/extension.cjs" },
  {
    ...web,
    format: "iife",
    entryPoints: ["extension/views/graph/page/main.ts"],
    outfile: "dist/web/graph.js",
  },
  {
    ...web,
    format: "iife",
    entryPoints: ["language-server/browser.ts"],
    outfile: "dist/web/language-server.js",
  },
  {
    ...web,
    format: "iife",
    entryPoints: ["simulator/web/engine-worker.ts"],
    outfile: "dist/web/engine-worker.js",
  },
];

const start = performance.now();
const wanted = process.argv.includes("--tests") ? [...bundles, ...testBundles()] : bundles;
const built = wanted.filter((bundle) => {
  const entry = bundle.entryPoints?.[0];
  const there = entry === undefined || existsSync(join(root, entry));
  if (!there) {
    console.log(`build: ${entry} does not exist yet, ${bundle.outfile} left out`);
  }
  return there;
});
if (process.argv.includes("--watch")) {
  for (const bundle of built) {
    await (await esbuild.context(bundle)).watch();
  }
  console.log("build: watching");
} else {
  const outcomes = await Promise.allSettled(built.map((bundle) => esbuild.build(bundle)));
  const failed = outcomes.filter((outcome) => outcome.status === "rejected").length;
  if (failed === 0) {
    chmodSync(join(root, "dist/sluice.cjs"), 0o755);
  }
  const took = ((performance.now() - start) / 1000).toFixed(1);
  console.log(`build: ${built.length - failed} of ${built.length} bundles ${took} s`);
  process.exitCode = failed > 0 ? 1 : 0;
}

/** The suites for the extension hosts. A web suite has to be one file, so an entry that imports all tests is made. */
function testBundles() {
  const hostTests = testFiles("test/host");
  const webTests = testFiles("test/web");
  const suites = [];
  if (hostTests.length > 0) {
    suites.push({
      ...node,
      external: ["vscode", "mocha"],
      minify: false,
      sourcemap: "inline",
      entryPoints: ["test/support/host-suite.ts", ...hostTests],
      outdir: "dist-test/host",
      entryNames: "[name]",
      outExtension: { ".js": ".cjs" },
    });
  }
  if (webTests.length > 0) {
    suites.push({
      ...web,
      format: "cjs",
      minify: false,
      sourcemap: "inline",
      stdin: { contents: webEntry(webTests), resolveDir: root, loader: "ts" },
      outfile: "dist-test/web/index.cjs",
    });
  }
  return suites;
}

function testFiles(folder) {
  return existsSync(join(root, folder))
    ? readdirSync(join(root, folder))
        .filter((name) => name.endsWith(".test.ts"))
        .map((name) => `${folder}/${name}`)
    : [];
}

/** Mocha's globals have to exist before a test file is evaluated: hence imports at run time, inside `run`. */
function webEntry(tests) {
  return `
    import { runSuite } from "./test/support/web-suite.ts";
    export function run() {
      return runSuite([${tests.map((path) => `() => import("./${path}")`).join(", ")}]);
    }`;
}
