// The packs: made of what is pinned, small enough to ship, and the same bytes each time.
import { execFileSync } from "node:child_process";
import { readdirSync, statSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

import { expect, test } from "vitest";

import { packNames } from "../../../language-server/schema/packs.ts";
import { bundledPacks } from "../../support/schemas.ts";

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), "..", "..", "..");
const dist = path.join(root, "dist", "schemas");

test("a rebuild from the pinned modules gives the same bytes", () => {
  const script = path.join(root, "scripts", "build-schemas.mjs");
  const output = execFileSync(process.execPath, [script, "--check"], { encoding: "utf8" });
  expect(output).toContain("the same bytes");
}, 600_000);

test("all packs together are small", () => {
  const files = readdirSync(dist).filter((name) => name.endsWith(".json.gz"));
  expect(files.sort()).toEqual(packNames.map((name) => `${name}.json.gz`).sort());
  const size = files.reduce((sum, name) => sum + statSync(path.join(dist, name)).size, 0);
  expect(size).toBeLessThan(2_000_000);
});

test("every kind can be opened in every version", async () => {
  const packs = await bundledPacks();
  for (const name of packNames) {
    const pack = packs[name];
    const roots = pack.kinds.flatMap(({ roots }) => Object.values(roots ?? {}));
    expect(roots.length).toBeGreaterThan(0);
    for (const node of roots) expect(pack.schema(node).type).toBe("object");
  }
});
