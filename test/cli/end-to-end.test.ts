// The bundled command as a process, on a copy of examples/ in a Git repository of its own. Needs `npm run build`.
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, test } from "vitest";
import { parseAllDocuments } from "yaml";

import type { Plan } from "#simulator";
import { bundle, ended, useExamples } from "./program.ts";

const { edit, home, repository, sluice } = useExamples();

interface Element {
  readonly applier: { readonly kind: string; readonly namespace: string; readonly name: string };
  readonly ref: {
    readonly apiVersion: string;
    readonly kind: string;
    readonly namespace: string;
    readonly name: string;
  };
  readonly object: { readonly kind: string; readonly metadata: { readonly name: string } };
  readonly origin: { readonly path: string } | null;
}

/** The first object of a kind, with the file it comes from. */
function firstOf(
  elements: readonly Element[],
  kind: string,
): Element & { readonly origin: { readonly path: string } } {
  for (const element of elements) {
    if (element.ref.kind === kind && element.origin !== null)
      return { ...element, origin: element.origin };
  }
  throw new Error(`examples/ has no ${kind} with an origin`);
}

async function built(...argv: readonly string[]): Promise<readonly Element[]> {
  const { stdout, code } = await sluice("build", "--offline", "-o", "json", ...argv);
  expect(code).not.toBe(2);
  return JSON.parse(stdout) as readonly Element[];
}

describe("the process", () => {
  test("help, version and mistakes need no repository", async () => {
    expect(await sluice("--version")).toMatchObject({ code: 0, stderr: "" });
    expect((await sluice("diff", "--help")).stdout).toContain("merge-base");
    expect(await sluice("diff", "--form", "x")).toEqual({
      code: 2,
      stdout: "",
      stderr: "sluice: There is no option --form. Did you mean --from? See sluice --help.\n",
    });
    expect(await sluice("build", "absent")).toMatchObject({ code: 2, stdout: "" });
  });

  test("a reader that leaves early is no error", async () => {
    const script = `"$0" "$1" build --offline 2>"$2" | head -c 20 >/dev/null; echo "\${PIPESTATUS[0]}"`;
    const errors = join(home, "errors");
    const words = ["-c", script, process.execPath, bundle, errors];
    const { stdout } = await ended("bash", words, { cwd: repository, home });
    expect(["0", "1"]).toContain(stdout.trim());
    expect(readFileSync(errors, "utf8")).not.toMatch(/EPIPE|at .*:\d+/);
  });
});

describe("examples/", () => {
  test("build prints the same objects in each format, and tree their appliers", async () => {
    const elements = await built("--jobs", "1");
    expect(elements.length).toBeGreaterThan(5);
    expect(elements.some(({ ref }) => ref.kind === "Secret")).toBe(false);
    for (const { ref, object } of elements) expect(object.metadata.name).toBe(ref.name);

    const stream = await sluice("build", "--offline", "--jobs", "2", "-o", "yaml");
    const documents = parseAllDocuments(stream.stdout);
    expect(documents.map((document): unknown => document.toJS())).toEqual(
      elements.map(({ object }) => object),
    );

    const { stdout } = await sluice("tree", "--offline");
    for (const { applier } of elements) {
      expect(stdout).toContain(`${applier.kind} ${applier.namespace}/${applier.name}`);
    }
  });

  test("an unchanged tree has no difference", async () => {
    expect((await sluice("diff", "--offline")).stdout).toContain("Nothing would change");
  });

  test("an edit and broken YAML both show where they are, and nothing else is lost", async () => {
    const elements = await built();
    const edited = firstOf(elements, "Deployment");
    const brokenPath = firstOf(elements, "HelmRelease").origin.path;
    edit(edited.origin.path, (text) =>
      text.replace(/^( *)containers:/m, "$1terminationGracePeriodSeconds: 77\n$1containers:"),
    );
    edit(brokenPath, (text) => `${text}\n  : [broken\n`);

    const { code, stdout } = await sluice("diff", "--offline", "-o", "json");
    const plan = JSON.parse(stdout) as Plan;
    expect(code).toBe(1);
    const changes = plan.clusters
      .flatMap(({ appliers }) => appliers)
      .flatMap((entry) => entry.changes);
    const change = changes.find(
      ({ ref }) => ref.kind === "Deployment" && ref.name === edited.ref.name,
    );
    expect(change?.fields).toContainEqual(
      expect.objectContaining({
        path: "/spec/template/spec/terminationGracePeriodSeconds",
        after: "77",
      }),
    );
    expect(plan.counts.deleted).toBe(0);

    const check = await sluice("check", "--offline");
    expect(check.code).toBe(1);
    expect(check.stdout).toContain(`${brokenPath}:`);
  });
});
