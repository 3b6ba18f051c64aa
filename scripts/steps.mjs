// Running the steps of `npm run demo` and `npm test`: each says its name and how long it took.
import { spawn } from "node:child_process";
import { delimiter, dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

export const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const bin = join(root, "node_modules", ".bin");

/** A program's own tools come first: `node` is then the Node.js of the development dependencies. */
export function environment(extra = {}) {
  return { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH ?? ""}`, ...extra };
}

/**
 * Runs a program. `show` says when its output appears: as it comes ("always"), when the program failed
 * ("on-failure"), or "never". Returns `{ ok, code, output }`; output is everything that it printed.
 */
export function run(command, args, { cwd = root, env = {}, show = "always" } = {}) {
  return new Promise((resolve) => {
    let output = "";
    const child = spawn(command, args, {
      cwd,
      env: environment(env),
      stdio: ["ignore", "pipe", "pipe"],
    });
    const collect = (target) => (chunk) => {
      output += chunk;
      if (show === "always") {
        target.write(chunk);
      }
    };
    child.stdout.on("data", collect(process.stdout));
    child.stderr.on("data", collect(process.stderr));
    child.once("error", (error) =>
      resolve({ ok: false, code: undefined, output: `${command}: ${error.message}\n` }),
    );
    child.once("close", (code) => {
      const ok = code === 0;
      if (!ok && show === "on-failure") {
        process.stderr.write(output);
      }
      resolve({ ok, code: code ?? undefined, output });
    });
  });
}

/** Runs `action`, which returns `{ ok }`, between two lines that name the step and its time. */
export async function step(name, action) {
  console.log(`▸ ${name}`);
  const start = performance.now();
  const outcome = await settled(action);
  const took = ((performance.now() - start) / 1000).toFixed(1);
  console.log(
    `${outcome.ok ? "✓" : "✗"} ${name} (${took} s)${outcome.note ? `: ${outcome.note}` : ""}`,
  );
  return outcome;
}

async function settled(action) {
  try {
    return await action();
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    return { ok: false };
  }
}
