// Finds the Chromium that tests drive VS Code with, or installs it where the system's package manager may be used.
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import process from "node:process";

import { run } from "./steps.mjs";

const names = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];

/** The variable CHROMIUM wins over what is on PATH. */
export function chromiumPath() {
  const folders = (process.env.PATH ?? "").split(delimiter);
  const places = names.flatMap((name) => folders.map((folder) => join(folder, name)));
  return [process.env.CHROMIUM, ...places].find((path) => path !== undefined && isExecutable(path));
}

/** Installs the Debian package; needs root. */
export async function installChromium() {
  if (process.platform !== "linux" || process.getuid?.() !== 0) {
    console.error(
      "The tests in VS Code need Chromium. Install it (Debian: apt-get install chromium) or name one with CHROMIUM=/path/to/chromium.",
    );
    return { ok: false };
  }
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  const updated = await run("apt-get", ["update", "-qq"], { env, show: "on-failure" });
  if (!updated.ok) {
    return updated;
  }
  const packages = ["chromium", "fonts-liberation"];
  return run("apt-get", ["install", "-y", "--no-install-recommends", ...packages], {
    env,
    show: "on-failure",
  });
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
