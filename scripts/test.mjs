// `npm test`: installs and builds what is needed, then runs every check. A failing step does not stop the others.
// The last line is "N passed, N failed"; a failing step without tests of its own counts as one failure.
import process from "node:process";

import { checkRequirements } from "./requirements.mjs";

checkRequirements();
// Imported only now: on a Node.js that is too old these files would fail with a syntax error instead of an advice.
const { step } = await import("./steps.mjs");
const { prepare } = await import("./prepare.mjs");
const { testSteps } = await import("./test-steps.mjs");

const start = performance.now();
const total = { passed: 0, failed: 0 };
const broken = [];
if (await prepare({ tests: true })) {
  for (const [name, action] of testSteps()) {
    const { ok, passed = 0, failed = 0 } = await step(name, action);
    total.passed += passed;
    total.failed += ok ? failed : Math.max(failed, 1);
    if (!ok) {
      broken.push(name);
    }
  }
} else {
  total.failed = 1;
  broken.push("preparation");
}
console.log(`everything took ${((performance.now() - start) / 1000).toFixed(0)} s`);
if (broken.length > 0) {
  console.log(`failed steps: ${broken.join(", ")}`);
}
process.exitCode = total.failed > 0 ? 1 : 0;
console.log(`${total.passed} passed, ${total.failed} failed`);
