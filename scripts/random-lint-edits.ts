// Edits the files of a repository at random, as somebody types, and compares the diagnostics after every edit with those of a fresh start.
// Now and then a look is given up half-way, as a request that is cancelled.
// node scripts/random-lint-edits.ts FOLDER [COUNT] [SEED]
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";

import { EditedWorkspace, insertions, longMapping } from "../test/support/lint-edits.ts";
import { shippedPacks } from "../test/support/lint.ts";

const [folder = ".", wanted = "10000", seed = "20261121"] = process.argv.slice(2);
const filesOfWorkspace = 10;
const editsOfWorkspace = 250;

const all = readdirSync(folder, { recursive: true, encoding: "utf8" })
  .filter((path) => /\.ya?ml$/.test(path) && !/(^|\/)\.git\//.test(path))
  .sort()
  .map((path) => [path, readFileSync(join(folder, path), "utf8")] as const)
  .filter(([, text]) => text.length < 50_000);

/** Reproducible: the same numbers every time. */
let state = Number(seed) >>> 0;
function random(): number {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 2 ** 32;
}
const oneOf = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;

const packs = await shippedPacks();
let edits = 0;
let givenUp = 0;
while (edits < Number(wanted)) {
  const start = Math.floor(random() * Math.max(1, all.length - filesOfWorkspace));
  const workspace = new EditedWorkspace(
    {
      ...Object.fromEntries(all.slice(start, start + filesOfWorkspace)),
      ...(random() < 0.3 && { "long.yaml": longMapping(700) }),
    },
    packs,
  );
  workspace.stepwise(workspace.paths);
  for (let at = 0; at < editsOfWorkspace && edits < Number(wanted); at++, edits++) {
    const path = oneOf(workspace.paths);
    const remove = random() < 0.5 ? 0 : Math.floor(random() * 20);
    const insert = random() < 0.2 ? "" : oneOf(insertions);
    workspace.apply({ path, at: random(), remove, insert });
    if (random() < 0.3) {
      givenUp++;
      workspace.stepwise(workspace.paths.slice(0, Math.floor(random() * 5)));
      workspace.apply({ path: oneOf(workspace.paths), at: random(), remove: 0, insert: " " });
    }
    if (workspace.stepwise(workspace.paths) === workspace.fromScratch(workspace.paths)) continue;
    console.error(
      `seed ${seed}: after edit ${edits} of ${path} the diagnostics differ from a fresh start`,
    );
    process.exit(1);
  }
}
console.log(
  `${edits} edits, ${givenUp} looks given up, seed ${seed}: the diagnostics were those of a fresh start after each edit`,
);
