// What each verb prints for hand-made records, in every format, and that text from a repository can't do harm.
import { describe, expect, test } from "vitest";
import { parse, parseAllDocuments } from "yaml";

import { diffMarkdown } from "../../../cli/print/diff-markdown.ts";
import { fieldText } from "../../../cli/print/names.ts";
import { printable, printableJson, printableRecord } from "../../../cli/print/printable.ts";
import { applier, change, emptyPlan, entry, fullPlan, problem, sluice } from "../records.ts";

const secret = entry("apps", '{"apiVersion":"v1","kind":"Secret","metadata":{"name":"s"}}', {
  ref: { apiVersion: "v1", kind: "Secret", namespace: "default", name: "s" },
});
const settings = entry(
  "apps",
  '{"apiVersion":"v1","data":{"n":9007199254740993},"kind":"ConfigMap"}',
  {
    origin: { path: "apps/settings.yaml", line: 4 },
  },
);

describe("build", () => {
  const world = {
    appliers: [
      applier("apps", { path: "./apps" }),
      applier("broken", { state: "failed", reason: "BuildFailed" }),
    ],
    entries: [settings, secret],
    problems: [
      problem("z", { place: { path: "z.yaml", line: 1 } }),
      problem("a10", { place: { path: "a.yaml", line: 10, column: 2 } }),
      problem("a2", { severity: "warning", place: { path: "a.yaml", line: 2 } }),
      problem("fyi", { severity: "information" }),
    ],
  } as const;

  test("text is a YAML stream with headers; problems go to stderr in order of place", async () => {
    const { stdout, stderr } = await sluice(["build"], world);
    expect(stdout).toMatchInlineSnapshot(`
      "# Kustomization flux-system/broken · cluster clusters/staging · failed (BuildFailed): nothing rendered
      # Kustomization flux-system/apps · 1 object · cluster clusters/staging · path ./apps · source GitRepository/flux-system/flux-system
      ---
      apiVersion: v1
      data:
        "n": 9007199254740993
      kind: ConfigMap
      "
    `);
    expect(stderr).toMatchInlineSnapshot(`
      "a.yaml:2: warning: a2 [build-failed]
      a.yaml:10:2: error: a10 [build-failed]
      z.yaml:1: error: z [build-failed]
      2 errors, 1 warning.
      "
    `);
    expect(parseAllDocuments(stdout)).toHaveLength(1);
  });

  test("json is the array of the contract, with every digit", async () => {
    const { stdout } = await sluice(["build", "-o", "json"], world);
    expect(stdout).toMatchInlineSnapshot(`
      "[
      {"applier":{"kind":"Kustomization","namespace":"flux-system","name":"apps"},"ref":{"apiVersion":"v1","kind":"ConfigMap","namespace":"default","name":"settings"},"object":{"apiVersion":"v1","data":{"n":9007199254740993},"kind":"ConfigMap"},"origin":{"path":"apps/settings.yaml","line":4}}
      ]
      "
    `);
    expect((await sluice(["build", "-o", "json"])).stdout).toBe("[]\n");
  });

  test("yaml is the stream without comments; secrets come on demand", async () => {
    const { stdout } = await sluice(["build", "-o", "yaml", "--show-secrets"], world);
    expect(stdout).not.toContain("#");
    expect(
      parseAllDocuments(stdout).map(
        (document) => (document.toJS() as { readonly kind: string }).kind,
      ),
    ).toEqual(["ConfigMap", "Secret"]);
  });
});

describe("diff", () => {
  test("text", async () => {
    expect((await sluice(["diff"], { plan: fullPlan })).stdout).toMatchInlineSnapshot(`
      "HEAD → working tree

      Cluster clusters/staging
        Kustomization flux-system/apps  apps/staging
          + ConfigMap default/new  apps/new.yaml:1
          ~ Deployment default/web  apps/base/web.yaml:12:1
              spec.replicas: 1 → 3
              spec.template.spec.containers[0].image: "web:1" → "web:2"
              metadata.annotations["example.com/note"]: + "hi"
              metadata.labels.old: - "x"
              data["a.ini"]:
                ⋮ 7 lines
                  a
                - b
                + c
          - Service default/old
          > Namespace shared, moved from Kustomization flux-system/infra
          ! PersistentVolumeClaim default/data, kept: prune is off
        Kustomization flux-system/broken  broken, failed (BuildFailed)
          broken/kustomization.yaml:3:5: error: kustomize build failed:
              | accumulating resources [build-failed] (also in HEAD)

      warning: a secret is not decrypted [undecrypted]

      1 created, 1 changed, 1 deleted, 1 moved, 1 kept; 1 error, 2 warnings.
      "
    `);
    expect((await sluice(["diff"])).stdout).toMatchInlineSnapshot(`
      "HEAD → working tree

      Nothing would change.
      "
    `);
  });

  test("json and yaml are the plan without times", async () => {
    const { stats: _stats, ...expected } = fullPlan;
    expect(JSON.parse((await sluice(["diff", "-o", "json"], { plan: fullPlan })).stdout)).toEqual(
      expected,
    );
    expect(parse((await sluice(["diff", "-o", "yaml"], { plan: fullPlan })).stdout)).toEqual(
      expected,
    );
  });

  test("markdown", async () => {
    expect((await sluice(["diff", "-o", "markdown"], { plan: fullPlan })).stdout)
      .toMatchInlineSnapshot(`
        "<!-- sluice -->
        ### Sluice: 1 created, 1 changed, 1 deleted, 1 moved, 1 kept; 1 error, 2 warnings.

        \`HEAD\` → \`working tree\`

        | Cluster | Applier | Created | Changed | Deleted | Moved | Kept | Problems |
        | --- | --- | --: | --: | --: | --: | --: | --: |
        | \`clusters/staging\` | \`Kustomization flux-system/apps\` | 1 | 1 | 1 | 1 | 1 |  |
        | \`clusters/staging\` | \`Kustomization flux-system/broken, failed (BuildFailed)\` |  |  |  |  |  | 1 |

        <details>
        <summary><code>clusters/staging · Kustomization flux-system/apps</code> 5 changes</summary>

        \`\`\`diff
        + ConfigMap default/new  (apps/new.yaml:1)
        ! Deployment default/web  (apps/base/web.yaml:12:1)
        -     spec.replicas: 1
        +     spec.replicas: 3
        -     spec.template.spec.containers[0].image: "web:1"
        +     spec.template.spec.containers[0].image: "web:2"
        +     metadata.annotations["example.com/note"]: "hi"
        -     metadata.labels.old: "x"
              data["a.ini"]:
        #       … 7 lines
                a
        -       b
        +       c
        - Service default/old
        ! Namespace shared, moved from Kustomization flux-system/infra
        ! PersistentVolumeClaim default/data, kept: prune is off
        \`\`\`

        </details>

        #### Problems

        \`\`\`text
        broken/kustomization.yaml:3:5: error: Kustomization flux-system/broken (clusters/staging): kustomize build failed:
            | accumulating resources [build-failed] (also in HEAD)
        warning: a secret is not decrypted [undecrypted]
        \`\`\`
        "
      `);
  });

  test("markdown can't be escaped from, and fits a comment", () => {
    const nasty = "`` ``` </details><script> | @team #1 [x](y)";
    const owner = applier(nasty, { path: nasty });
    const fields = Array.from({ length: 400 }, (_, index) => ({
      path: `/data/${nasty.replaceAll("/", "~1")}${index}`,
      kind: "changed" as const,
      before: nasty,
      after: nasty.repeat(100),
    }));
    const text = diffMarkdown(
      printableRecord({
        ...emptyPlan,
        base: nasty,
        clusters: Array.from({ length: 150 }, (_, index) => ({
          name: `${nasty}${index}`,
          appliers: [
            {
              applier: owner,
              status: "changed" as const,
              changes: [change("changed", "ConfigMap/a/b", { fields })],
              problems: [],
            },
          ],
        })),
        problems: Array.from({ length: 1000 }, () => problem(nasty)),
      }),
    );
    expect(text.length).toBeLessThan(65_536);
    // Take fences, then code spans away as CommonMark would; nothing of the repository may be left outside.
    const outside = text
      .replace(/^(`{3,})\w+\n[\s\S]*?\n\1$/gm, "")
      .replace(/<code>[^<]*<\/code>/g, "")
      .replace(/(?<!`)(`+)(?!`)[^\n]*?[^`\n]\1(?!`)/g, "");
    expect(outside).not.toMatch(/script|@team|#1|\]\(y/);
    const rows = text.split("\n").filter((line) => line.startsWith("| `"));
    expect(rows.length).toBeGreaterThan(20);
    for (const row of rows) {
      expect(row.replaceAll("\\|", "").split("|")).toHaveLength(10);
    }
    expect(text.match(/<details>/g)?.length).toBe(text.match(/^<\/details>$/gm)?.length);
    expect(text).toContain("more appliers left out");
  });
});

describe("tree", () => {
  const flux = applier("flux-system", { path: "./clusters/staging", objects: 3 });
  const infra = applier("infra", { parent: flux.id, objects: 2 });
  const apps = applier("apps", {
    parent: flux.id,
    dependsOn: [infra.id],
    state: "failed",
    reason: "BuildFailed",
    message: "no such file\nmore",
  });
  const inner = applier("inner", { parent: apps.id, state: "suspended" });
  const other = applier("flux-system", {
    cluster: "clusters/production",
    state: "unknown",
    message: "source can't be had",
  });
  const ring = [
    applier("x", { cluster: "ring", parent: "ring|Kustomization/flux-system/y" }),
    applier("y", { cluster: "ring", parent: "ring|Kustomization/flux-system/x" }),
  ];
  const world = {
    appliers: [flux, infra, apps, inner, other, ...ring],
    problems: [
      problem("owned", { applier: apps.id }),
      problem("nobody's", { code: "invalid-root", place: { path: "r.yaml" } }),
    ],
  } as const;

  test("text", async () => {
    expect((await sluice(["tree"], world)).stdout).toMatchInlineSnapshot(`
      "Cluster clusters/staging
      └─ ✓ Kustomization flux-system/flux-system  ./clusters/staging · 3 objects · from GitRepository/flux-system/flux-system
         ├─ ✓ Kustomization flux-system/infra  infra · 2 objects
         └─ ✗ failed Kustomization flux-system/apps  apps · 1 object · after infra
            │  BuildFailed: no such file
            └─ ‖ suspended Kustomization flux-system/inner  inner · 1 object

      Cluster clusters/production
      └─ ? unknown Kustomization flux-system/flux-system  flux-system · 1 object · from GitRepository/flux-system/flux-system
            source can't be had

      Cluster ring
      └─ ✓ Kustomization flux-system/x  x · 1 object · from GitRepository/flux-system/flux-system
         └─ ✓ Kustomization flux-system/y  y · 1 object

      r.yaml: error: nobody's [invalid-root]
      "
    `);
    expect((await sluice(["tree"])).stdout).toBe("Nothing that Flux would apply was found.\n");
  });

  test("json and yaml group the records by cluster", async () => {
    const json: unknown = JSON.parse((await sluice(["tree", "-o", "json"], world)).stdout);
    expect(json).toMatchObject({
      target: "working tree",
      clusters: [{ name: "clusters/staging" }, { name: "clusters/production" }, { name: "ring" }],
    });
    expect(parse((await sluice(["tree", "-o", "yaml"], world)).stdout)).toEqual(json);
  });
});

describe("check", () => {
  const broken = applier("broken");
  const problems = [
    problem("first\nsecond", {
      applier: broken.id,
      object: broken.ref,
      place: { path: "b.yaml", line: 2, column: 3 },
    }),
    problem("bad name", {
      applier: broken.id,
      object: { ...broken.ref, kind: "Service", name: "s" },
      code: "spec-invalid",
    }),
  ];

  test("text", async () => {
    expect((await sluice(["check"], { problems })).stdout).toMatchInlineSnapshot(`
      "b.yaml:2:3: error: Kustomization flux-system/broken (clusters/staging): first
          | second [build-failed]
      error: Kustomization flux-system/broken (clusters/staging), Service flux-system/s: bad name [spec-invalid]
      2 errors.
      "
    `);
    expect((await sluice(["check"])).stdout).toBe("No problems.\n");
  });

  test("json has the problems as they are", async () => {
    expect(JSON.parse((await sluice(["check", "-o", "json"], { problems })).stdout)).toEqual({
      target: "working tree",
      problems,
    });
  });
});

describe("hostile text", () => {
  const evil = "a\u001b]0;title\u0007\u009b31m\r\n::error::x\u202e\u2028b";
  const world = {
    appliers: [
      applier(evil, { path: evil, message: evil, state: "failed", reason: evil, cluster: evil }),
    ],
    problems: [problem(evil, { applier: evil, place: { path: evil } })],
    entries: [
      entry(evil, JSON.stringify({ kind: evil, [evil]: evil }), {
        cluster: evil,
        origin: { path: evil },
      }),
    ],
    notes: [evil],
    plan: {
      ...fullPlan,
      base: evil,
      clusters: fullPlan.clusters.map((cluster) => ({
        name: evil,
        appliers: cluster.appliers.map((each) => ({
          ...each,
          applier: applier(evil, { path: evil }),
          changes: each.changes.map((one) => ({
            ...one,
            ref: { ...one.ref, name: evil },
            kept: evil,
            fields: one.fields.map((field) => ({ ...field, path: `/${evil}`, after: evil })),
          })),
        })),
      })),
    },
  } as const;

  test.each(
    ["build", "diff", "tree", "check"]
      .flatMap((verb) =>
        ["text", "json", "yaml", "markdown"].map((format) => [verb, format] as const),
      )
      .filter(([verb, format]) => format !== "markdown" || verb === "diff"),
  )("%s -o %s writes no control character and forges no line", async (verb, format) => {
    const { stdout, stderr, code } = await sluice([verb, "-o", format], world);
    expect(code).not.toBe(2);
    expect(stdout).not.toBe("");
    for (const text of [stdout, stderr]) {
      // eslint-disable-next-line no-control-regex -- control characters are what is looked for
      expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u202e]/);
      expect(text).not.toMatch(/^\s*::error/m);
    }
  });

  test("JSON stays the same value", () => {
    const json = JSON.stringify({ [evil]: [evil, "\u007f"] });
    expect(JSON.parse(printableJson(json))).toEqual(JSON.parse(json));
    expect(printable("é日😀\t")).toBe("é日😀\\t");
  });
});

test.each([
  ["/spec/replicas", "spec.replicas"],
  ["/spec/containers/0/image", "spec.containers[0].image"],
  ["/metadata/annotations/a.b~1c~0d", 'metadata.annotations["a.b/c~d"]'],
  ["", "(whole object)"],
  ["/data/", 'data[""]'],
])("the pointer %j reads %j", (pointer, expected) => {
  expect(fieldText(pointer)).toBe(expected);
});
