// `npm run demo`: installs, builds, and simulates a change of the example repository. Needs Node.js and Go, nothing else.
import { join, relative } from "node:path";
import process from "node:process";

import { checkRequirements } from "./requirements.mjs";

checkRequirements();
// Imported only now: on a Node.js that is too old these files would fail with a syntax error instead of an advice.
const { root, run, step } = await import("./steps.mjs");
const { prepare } = await import("./prepare.mjs");

process.exitCode = (await demo()) ? 0 : 1;

async function demo() {
  if (!(await prepare())) {
    return false;
  }
  const folder = join(root, ".cache", "demo", "platform");
  const example = await step("example repository", async () => {
    const { makeDemoRepository } = await import("./demo-repository.mjs");
    await makeDemoRepository(join(root, "examples"), folder);
    return {
      ok: true,
      note: `${relative(root, folder)}: a Git repository with edits that are not committed`,
    };
  });
  if (!example.ok) {
    return false;
  }
  const place = relative(root, folder);
  const keys = join("examples", "age.key");
  console.log(`\n$ node dist/sluice.cjs diff ${place} --age-key-file ${keys}\n`);
  const plan = await step("plan", async () => {
    const args = ["dist/sluice.cjs", "diff", place, "--age-key-file", keys];
    // Exit code 1 means that there are differences, which is what the demo is about.
    const { code } = await run("node", args);
    return { ok: code === 1 };
  });
  console.log(`
That is what a push of ${place} would change. To see it while typing:

  code --extensionDevelopmentPath="${root}" "${folder}"

and open the Sluice view in the activity bar. Try also

  node dist/sluice.cjs tree ${place}
  node dist/sluice.cjs build ${place} --path clusters/production
  node dist/sluice.cjs --help`);
  return plan.ok;
}
