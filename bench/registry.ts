/**
 * The charts of the corpora from a local registry, where their OCIRepositories point. Without it no chart can be rendered.
 * Left out when the folder of the corpora has no registry.
 */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";

export interface Registry {
  stop(): void;
}

export async function startRegistry(
  corpora: string,
  scratch: string,
): Promise<Registry | undefined> {
  const charts = join(corpora, "charts.tar.gz");
  const server = join(corpora, "tools", "oci-serve.mjs");
  if (!existsSync(charts) || !existsSync(server)) return undefined;
  execFileSync("tar", ["-xzf", charts, "-C", scratch, "--no-same-owner"]);
  const child = spawn(
    process.execPath,
    [server, "--store", join(scratch, "charts"), "--port", "5111"],
    {
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  // It prints one line when it is ready, or ends when the port is taken.
  await Promise.race([once(child.stdout, "data"), once(child, "exit")]);
  return { stop: () => void child.kill() };
}
