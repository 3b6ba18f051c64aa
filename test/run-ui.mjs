// Runs the tests of test/ui: the packaged extension, installed from dist/sluice.vsix, driven through the workbench.
import { spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const folder = join(root, "test", "ui");
const files = existsSync(folder)
  ? readdirSync(folder).filter((name) => name.endsWith(".ui.test.ts"))
  : [];
if (!existsSync(join(root, "dist", "sluice.vsix"))) {
  console.error("dist/sluice.vsix is missing: run `npm run package` first.");
  process.exit(1);
}
const child = spawn(
  process.execPath,
  ["--test", "--test-reporter=tap", ...files.map((name) => join(folder, name))],
  {
    cwd: root,
    stdio: ["ignore", "pipe", "inherit"],
  },
);
let output = "";
child.stdout.on("data", (chunk) => {
  output += chunk;
  process.stdout.write(chunk);
});
child.once("close", (code) => {
  const count = (word) => Number(new RegExp(`^# ${word} (\\d+)`, "m").exec(output)?.[1] ?? 0);
  const failed = count("fail") + count("cancelled");
  console.log(`${count("pass")} passed, ${code === 0 ? failed : Math.max(failed, 1)} failed`);
  process.exitCode = code ?? 1;
});
