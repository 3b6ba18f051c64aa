/** What the scripts that work on corpora share: the registry of their charts, and the feature gates of the controllers that made them. */
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

/** Serves FOLDER/charts.tar.gz at a port of loopback. Answers how to end it. */
export async function serveCharts(folder: string, port: number): Promise<() => void> {
  const store = mkdtempSync(path.join(tmpdir(), "corpus-charts-"));
  execFileSync("tar", ["xzf", path.join(folder, "charts.tar.gz"), "-C", store]);
  const program = path.join(folder, "tools", "oci-serve.mjs");
  const server = spawn(
    process.execPath,
    [program, "--store", path.join(store, "charts"), "--port", String(port)],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  await new Promise<void>((resolve, reject) => {
    server.stdout.once("data", () => resolve());
    server.once("exit", () => reject(new Error("the chart registry does not start")));
  });
  return () => {
    server.removeAllListeners("exit");
    server.kill();
    rmSync(store, { recursive: true, force: true });
  };
}

/** `--feature-gates=A=true,B=false` of a controller. */
export function gatesOf(flags: readonly string[]): Readonly<Record<string, boolean>> {
  const pairs = flags.flatMap((flag) => /^--feature-gates=(.*)$/.exec(flag)?.[1]?.split(",") ?? []);
  return Object.fromEntries(
    pairs.map((pair) => [pair.split("=")[0] ?? "", pair.endsWith("=true")]),
  );
}
