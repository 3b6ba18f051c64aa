// The completion scripts: bash's is run by a real bash, the others are checked against the tables.
import { execFileSync } from "node:child_process";
import { describe, expect, test } from "vitest";

import { completionScript } from "../../cli/completion.ts";
import { optionsOf } from "../../cli/options.ts";
import { verbNames } from "../../cli/verb-table.ts";

/** What bash offers after the words, the last of which is being typed. */
function offers(...words: readonly string[]): readonly string[] {
  const program = `${completionScript("bash")}
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _sluice; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const output = execFileSync("bash", ["--norc", "-c", program, "bash", "sluice", ...words], {
    encoding: "utf8",
  });
  return output.split("\n").filter((line) => line !== "");
}

describe("bash", () => {
  test("offers verbs, options of the verb, values and folders", () => {
    expect(offers("")).toEqual([...verbNames, "--help", "--version"]);
    expect(offers("d")).toEqual(["diff"]);
    expect(offers("build", "--show")).toEqual(["--show-secrets"]);
    expect(offers("diff", "--show")).toEqual([]);
    expect(offers("diff", "-o", "")).toEqual([
      "text",
      "json",
      "yaml",
      "markdown",
      "sarif",
      "junit",
    ]);
    expect(offers("build", "--output", "m")).toEqual([]);
    expect(offers("build", "--flux-version", "2.8")).toEqual(["2.8"]);
    expect(offers("completion", "f")).toEqual(["fish"]);
    expect(offers("tree", "cl")).toEqual(["cli"]);
    expect(offers("tree", "--root", "package.j")).toEqual(["package.json"]);
  });
});

describe.each(["zsh", "fish"])("%s", (shell) => {
  const script = completionScript(shell);

  test("names every verb and option", () => {
    for (const verb of verbNames) {
      expect(script).toContain(verb);
      for (const option of optionsOf(verb))
        expect(script).toContain(shell === "fish" ? `-l ${option.name}` : `--${option.name}[`);
    }
  });

  test("has balanced quotes, so no help text can break it", () => {
    for (const line of script.split("\n").filter((each) => !each.startsWith("#"))) {
      const unescaped = line.replaceAll(shell === "fish" ? /\\[\\']/g : "'\\''", "");
      expect((unescaped.match(/'/g)?.length ?? 0) % 2, line).toBe(0);
    }
  });
});
