/** Runs one suite of this folder inside a real VS Code, on the bundles of `npm run build`. */
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { build } from "esbuild";

const root = join(import.meta.dirname, "../../..");

export interface SuiteOptions {
  /** Folder that is opened. */
  readonly workspace: string;
  readonly env: Readonly<Record<string, string>>;
  /** Open the folder in Restricted Mode. */
  readonly restricted?: boolean;
  /** Milliseconds that the whole suite may take. */
  readonly patience: number;
}

export interface SuiteOutcome {
  readonly tests: number;
  readonly failures: number;
  /** Everything that was printed. */
  readonly output: string;
  /** What the extension wrote into its log channels. */
  readonly log: string;
}

/** `name` is that of `<name>.suite.ts`. */
export async function runSuite(name: string, options: SuiteOptions): Promise<SuiteOutcome> {
  const scratch = mkdtempSync(join(tmpdir(), `sluice-${name}-`));
  const results = join(scratch, "results.json");
  try {
    const suite = await bundle(name);
    const args = [
      options.workspace,
      `--user-data-dir=${join(scratch, "user-data")}`,
      `--extensions-dir=${join(scratch, "extensions")}`,
      `--extensionDevelopmentPath=${root}`,
      `--extensionTestsPath=${join(suite, "host-suite.cjs")}`,
    ];
    const output = await run(args, {
      ...options.env,
      TEST_RESULTS: results,
      VSCODE_TEST_TIMEOUT: String(options.patience),
      ...(options.restricted === true ? { VSCODE_WORKSPACE_TRUST: "1" } : {}),
    });
    const log = logsBelow(scratch);
    if (!existsSync(results)) return { tests: 0, failures: 0, output, log };
    const { tests, failures } = JSON.parse(readFileSync(results, "utf8")) as SuiteOutcome;
    return { tests, failures, output, log };
  } finally {
    rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Below the packages, because Mocha is required at run time. */
async function bundle(name: string): Promise<string> {
  const outdir = join(root, "dist-test", name);
  rmSync(outdir, { recursive: true, force: true });
  await build({
    absWorkingDir: root,
    bundle: true,
    platform: "node",
    format: "cjs",
    target: "node20",
    external: ["vscode", "mocha"],
    logLevel: "warning",
    entryPoints: {
      "host-suite": "test/support/host-suite.ts",
      [`${name}.test`]: `test/cluster/editor/${name}.suite.ts`,
    },
    outdir,
    outExtension: { ".js": ".cjs" },
  });
  return outdir;
}

/** Log channels are files below the user's data. */
function logsBelow(folder: string): string {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".log") && path.includes("sluice.sluice"))
    .map((path) => readFileSync(join(folder, path), "utf8"))
    .join("\n");
}

function run(args: readonly string[], env: Readonly<Record<string, string>>): Promise<string> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [join(root, "scripts/code.mjs"), ...args], {
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.on("close", () => resolve(output));
  });
}
