// What has to be on the machine before anything can be installed: Node.js and Go. Runs on old Node.js versions, too.
import { spawnSync } from "node:child_process";
import { tmpdir } from "node:os";
import process from "node:process";

const minimumNode = 20;
const minimumGo = [1, 26];

/** Ends the process with code 2 and says what to install when something is missing or too old. */
export function checkRequirements() {
  const missing = [nodeProblem(), goProblem()].filter((problem) => problem !== undefined);
  if (missing.length > 0) {
    missing.forEach((problem) => console.error(problem));
    process.exit(2);
  }
}

function nodeProblem() {
  const major = Number(process.versions.node.split(".")[0]);
  return major >= minimumNode
    ? undefined
    : `Node.js ${minimumNode} or newer is needed, this is ${process.versions.node}. Install it from https://nodejs.org.`;
}

function goProblem() {
  const needed = `Go ${minimumGo.join(".")} or newer is needed to build the render engine`;
  const advice = "Install it from https://go.dev/dl and put its bin folder on PATH.";
  // Asked outside of any module, so that the answer is the installed version and not one that a go.mod would select.
  const answer = spawnSync("go", ["env", "GOVERSION"], { cwd: tmpdir(), encoding: "utf8" });
  if (answer.error !== undefined || answer.status !== 0) {
    return `${needed}, but no working "go" command was found. ${advice}`;
  }
  const [, major, minor] = /^go(\d+)\.(\d+)/.exec(answer.stdout.trim()) || [];
  const recent =
    Number(major) > minimumGo[0] ||
    (Number(major) === minimumGo[0] && Number(minor) >= minimumGo[1]);
  return recent
    ? undefined
    : `${needed}, this is ${answer.stdout.trim() || "of unknown version"}. ${advice}`;
}
