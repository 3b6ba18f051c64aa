/**
 * The language server side by side with yaml-language-server, in one run on one file: `node bench/lsp.ts [FOLDER …]`. A FOLDER is a
 * repository to start in cold. yaml-language-server is installed into `.cache/bench/` and is no dependency of Sluice.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";

import { readPacksFrom } from "../language-server/schema/read-packs.ts";
import { largeFile, manyKeys, sameFile } from "./lsp-documents.ts";
import { measureRevalidation } from "./lsp-sluice.ts";
import { measureKeystrokes, measureStart } from "./lsp-wire.ts";
import { measureYaml } from "./lsp-yaml.ts";
import type { Series } from "./statistics.ts";

const root = join(import.meta.dirname, "..");
const rivalFolder = join(root, ".cache/bench/yaml-language-server");
const edits = 200;

installRival();
const packs = await readPacksFrom(join(root, "dist/schemas"));
const text = sameFile();
print(
  `one file of ${text.split("\n").length - 1} lines and ${text.split(/^---$/m).length} documents, ${edits} edits`,
);
const ours = measureRevalidation(text, packs, edits);
const theirs = await measureYaml(rivalFolder, text, packs, Math.min(edits, 60));
row("re-validation, sluice", ours);
row("re-validation, yaml-language-server 2.0.0", theirs);
print(`  ratio of medians: ${(theirs.median / ours.median).toFixed(0)}`);
row("keystroke over the wire (didChange to the answer)", await measureKeystrokes(text, edits));
row("  with 50,000 lines", await measureKeystrokes(largeFile(), 60));
row("  with a ConfigMap of 5,000 keys", await measureKeystrokes(manyKeys(), 60));
for (const folder of process.argv.slice(2)) {
  const { milliseconds, files, megabytes } = await measureStart(folder);
  print(
    `cold start in ${folder}, ${files} files: first diagnostics after ${milliseconds} ms, all rules once, ${megabytes} MB resident`,
  );
}
process.exit(0);

function installRival(): void {
  if (existsSync(join(rivalFolder, "node_modules/yaml-language-server"))) return;
  mkdirSync(rivalFolder, { recursive: true });
  writeFileSync(join(rivalFolder, "package.json"), '{ "private": true }\n');
  const words = ["install", "yaml-language-server@2.0.0", "--no-audit", "--no-fund"];
  execFileSync("npm", words, { cwd: rivalFolder, stdio: "inherit" });
}

function row(name: string, { median, p95, max, count }: Series): void {
  print(`${name}: median ${median} ms, p95 ${p95} ms, max ${max} ms (${count})`);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
