// `sluice bootstrap` on real folders: a plan first, files only when asked, nothing of somebody else's replaced.
import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { parseCommandLine } from "../../../cli/command-line.ts";
import { bootstrap } from "../../../cli/verbs/bootstrap.ts";

let root = "";
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "bootstrap-"));
  execFileSync("git", ["init", "-q", root]);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function run(...words: readonly string[]): Promise<string> {
  return bootstrap(parseCommandLine(["bootstrap", root, ...words]));
}
const git = ["--url", "ssh://git@host/o/r", "--path", "clusters/prod"] as const;
const folder = (): string => join(root, "clusters", "prod", "flux-system");

describe("sluice bootstrap", () => {
  it("prints what it would write, and writes nothing", async () => {
    const text = await run(...git);
    expect(text).toContain("+ clusters/prod/flux-system/gotk-sync.yaml");
    expect(text).toContain("Nothing was written");
    expect(existsSync(join(root, "clusters"))).toBe(false);
  });

  it("writes three files, and a second time has nothing to do", async () => {
    expect(await run(...git, "--write")).toContain("kubectl apply -k clusters/prod/flux-system");
    expect(readFileSync(join(folder(), "kustomization.yaml"), "utf8")).toContain(
      "- gotk-sync.yaml",
    );
    expect(await run(...git, "--write")).toContain("Everything is there already");
  });

  it("starts at the root of the repository, wherever it runs", async () => {
    mkdirSync(join(root, "inner"));
    const line = parseCommandLine(["bootstrap", join(root, "inner"), ...git, "--write"]);
    await bootstrap(line);
    expect(existsSync(join(folder(), "gotk-sync.yaml"))).toBe(true);
  });

  it("replaces nothing that Flux did not generate", async () => {
    mkdirSync(folder(), { recursive: true });
    writeFileSync(join(folder(), "gotk-sync.yaml"), "mine: true\n");
    await expect(run(...git, "--write")).rejects.toThrow("gotk-sync.yaml is there already");
    expect(existsSync(join(folder(), "gotk-components.yaml"))).toBe(false);
  });

  it("writes nothing through a link that leads out of the repository", async () => {
    const outside = mkdtempSync(join(tmpdir(), "outside-"));
    symlinkSync(outside, join(root, "clusters"));
    await expect(run(...git, "--write")).rejects.toThrow("symbolic link");
    expect(readdirSync(outside)).toEqual([]);
    rmSync(outside, { recursive: true });
  });

  it("takes the options of flux bootstrap", async () => {
    const words =
      "--url oci://host/o/r --tag v1 --namespace gitops --interval 90s --secret-name pull";
    const text = await run(
      ...words.split(" "),
      "--components-extra",
      "source-watcher",
      "-o",
      "json",
    );
    const { files } = JSON.parse(text) as {
      readonly files: readonly { readonly path: string; readonly text: string }[];
    };
    expect(files.map(({ path }) => path)).toContain("gitops/gotk-sync.yaml");
    const sync = files.find(({ path }) => path.endsWith("gotk-sync.yaml"))?.text;
    for (const part of ["tag: v1", "interval: 1m30s", "name: pull", "namespace: gitops"])
      expect(sync).toContain(part);
    expect(files[0]?.text).toContain("fluxcd/source-watcher:");
  });

  it.each([
    [[], "--url"],
    [["--url", "https://h/r", "--tag", "x"], "--tag is for OCI"],
    [["--url", "oci://h/r", "--branch", "x"], "--branch is for Git"],
    [["--url", "https://h/r", "--interval", "soon"], "--interval"],
    [["--url", "https://h/r", "--path", "a", "--path", "b"], "--path was given twice"],
    [["--url", "https://h/r", "-o", "html"], "html"],
    [["--url", "https://h/r", "--components", "cake"], "cake"],
  ])("refuses %j", async (words, message) => {
    await expect(run(...words)).rejects.toThrow(message);
  });
});
