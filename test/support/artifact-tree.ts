/** A folder to publish: names, permissions and sizes that a tar header has to say in each of its ways, and what flux leaves out. */
import { chmodSync, mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";

import { temporaryFolder, writeFiles } from "./temporary-repository.ts";

export function artifactTree(): string {
  const root = join(temporaryFolder(), "tree");
  const deep = `deep/${"a".repeat(90)}`;
  writeFiles(root, {
    "apps/web.yaml": "a: 1\n".repeat(20_000),
    "apps.txt": "between apps and apps/\n",
    ".git/config": "no\n",
    ".sourceignore": "apps.txt\n",
    "pic.png": "no\n",
    [`${deep}/${"b".repeat(90)}/ümlaut.yaml`]: "b: 2\n",
  });
  mkdirSync(join(root, "empty"));
  symlinkSync("apps.txt", join(root, "link"));
  // Whatever the umask of the machine.
  const modes = {
    0o755: ["", "apps", "deep", "empty", ".git", "apps/web.yaml"],
    0o700: [deep, `${deep}/${"b".repeat(90)}`],
    0o644: [".sourceignore", "pic.png", ".git/config", `${deep}/${"b".repeat(90)}/ümlaut.yaml`],
    0o600: ["apps.txt"],
  };
  for (const [mode, paths] of Object.entries(modes))
    for (const path of paths) chmodSync(join(root, path), Number(mode));
  return root;
}
