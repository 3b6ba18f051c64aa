// Packs the extension into dist/sluice.vsix and says how large it is; larger than the budget is an error.
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { Transform } from "node:stream";
import zlib from "node:zlib";

import { createVSIX } from "@vscode/vsce";
import { deflateRaw } from "pako";

import { root } from "./steps.mjs";

const budget = 12_000_000;
const needed = [
  "dist/extension.cjs",
  "dist/push.cjs",
  "dist/publish.cjs",
  "dist/isomorphic-git.cjs",
  "dist/language-server.cjs",
  "dist/engine-worker.cjs",
  "dist/engine.wasm",
  "dist/engine.image",
  "dist/schemas/flux.json.gz",
  "dist/distribution.json.gz",
  "dist/schemas/kubernetes.json.gz",
  "dist/web/extension.cjs",
  "dist/web/graph.js",
  "dist/web/language-server.js",
  "dist/web/engine-worker.js",
];

const missing = needed.filter((file) => !existsSync(join(root, file)));
if (missing.length > 0) {
  console.error(`Nothing to pack: ${missing.join(", ")} missing. Run \`npm run build\` first.`);
  process.exit(1);
}
const packagePath = join(root, "dist", "sluice.vsix");
// The packer compresses with the zlib of Node.js at its default level. The best level of a faithful one takes 250 KB off.
zlib.DeflateRaw = class extends Transform {
  #chunks = [];
  _transform(chunk, _, done) {
    this.#chunks.push(chunk);
    done();
  }
  _flush(done) {
    done(null, deflateRaw(Buffer.concat(this.#chunks), { level: 9 }));
  }
};
// Everything is bundled: no node_modules. Links in the README stay as they are, there is no public address to point at.
await createVSIX({
  cwd: root,
  packagePath,
  dependencies: false,
  allowMissingRepository: true,
  rewriteRelativeLinks: false,
});
const { size } = statSync(packagePath);
console.log(`dist/sluice.vsix: ${(size / 1e6).toFixed(1)} MB`);
if (size > budget) {
  console.error(`The package is larger than ${budget / 1e6} MB.`);
  process.exitCode = 1;
}
