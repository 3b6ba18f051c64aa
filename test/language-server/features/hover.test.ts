/** What hovers say, and that they keep secrets and quote what they show. */
import { describe, expect, test } from "vitest";

import { hover } from "../../../language-server/features/hover.ts";
import { configMap, kustomization } from "../../support/flux.ts";
import type { CursorCase } from "../../support/cursor.ts";
import { cursorCase, root, shown, withTruth } from "../../support/cursor.ts";
import { shippedPacks } from "../../support/lint.ts";

const packs = await shippedPacks();

/** The Markdown; the range has to be the marked one, where one is. */
function checkHover(text: string | CursorCase): string | undefined {
  const one = typeof text === "string" ? cursorCase(text, packs) : text;
  const { folder, path, position, marked } = one;
  const found = hover(folder, path, { textDocument: { uri: root }, position });
  if (found?.range && marked.length > 0)
    expect(shown(`${root}/${path}`, found.range)).toBe(marked[0]);
  const contents = found?.contents;
  return contents && typeof contents === "object" && "value" in contents
    ? contents.value
    : undefined;
}

describe("fields", () => {
  test("documentation, type, whether it is required, and the schema it comes from", () => {
    const text = kustomization("apps", "./apps").replace("interval", "«inter█val»");
    const found = checkHover(`\n#- a.yaml\n${text}`);
    expect(found).toContain("**spec.interval** · string · required");
    expect(found).toContain("reconcile");
    expect(found).toContain("Schema of Kustomization v1: Flux 2.9");
  });

  test("since when it exists, its default and its choices", () => {
    const text = kustomization("apps", "./apps", "  deletionPolicy: De█lete\n");
    const found = checkHover(`\n#- a.yaml\n${text}`);
    expect(found).toMatch(/One of `MirrorPrune`, `Delete`/);
    expect(
      checkHover(
        `\n#- a.yaml\n${kustomization("a", "./a", "  buildMeta█data: [originAnnotations]")}`,
      ),
    ).toMatch(/since .*2\\?\.\d/);
  });

  test("elements of lists, values, and the kind itself", () => {
    const deployment = (kind: string, image: string) => `
#- a.yaml
apiVersion: apps/v1
kind: ${kind}
metadata: {name: a}
spec:
  template:
    spec:
      containers:
        - name: a
          ${image}: a`;
    expect(checkHover(deployment("Deployment", "«im█age»"))).toContain(
      "**spec.template.spec.containers\\[0\\].image**",
    );
    expect(checkHover(deployment("Deploy█ment", "image"))).toMatch(
      /^\*\*Deployment\*\* `apps\/v1`/,
    );
  });

  test("a CRD of the workspace is named with its place", () => {
    const found = checkHover(`
#- crd.yaml
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: things.example.test}
spec:
  group: example.test
  scope: Namespaced
  names: {kind: Thing, plural: things, singular: thing, listKind: ThingList}
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          properties:
            spec:
              type: object
              properties:
                size: {type: integer, description: How *big* it is., minimum: 1}
#- a.yaml
apiVersion: example.test/v1
kind: Thing
metadata: {name: a}
spec:
  «si█ze»: 2`);
    expect(found).toContain(String.raw`How \*big\* it is.`);
    expect(found).toContain("crd.yaml, line 1");
    expect(found).toContain("At least 1.");
  });

  test("not: unknown fields, values files, templates of charts", () => {
    expect(
      checkHover(`\n#- a.yaml\n${kustomization("a", "./a", "  unkno█wn: a\n")}`),
    ).toBeUndefined();
    expect(checkHover("\n#- values.yaml\nspec:\n  inter█val: 1h")).toBeUndefined();
    expect(
      checkHover(
        `\n#- chart/Chart.yaml\nname: a\n#- chart/templates/a.yaml\n${kustomization("a", "./a", "  wa█it: true")}`,
      ),
    ).toBeUndefined();
  });

  test("while the text below is half typed", () => {
    const text = kustomization("a", "./a", "  ti█meout: 1m\n  sour\n  wait: [");
    expect(checkHover(`\n#- a.yaml\n${text}`)).toContain("**spec.timeout**");
  });
});

describe("variables", () => {
  const files = (kind: string, data: string, use: string) => `
#- clusters/a.yaml
${kustomization("apps", "./apps", `  postBuild:\n    substituteFrom: [{kind: ${kind}, name: settings}]\n`)}
#- clusters/b.yaml
${kustomization("more", "./apps", "  postBuild:\n    substitute: {DOMAIN: b.test, EMPTY: ''}\n")}
#- clusters/settings.yaml
apiVersion: v1
kind: ${kind}
metadata: {name: settings, namespace: flux-system}
${data}
#- apps/web.yaml
${configMap("web", use)}`;

  test("their value for each Kustomization, with where it is written", () => {
    const found = checkHover(files("ConfigMap", "data:\n  DOMAIN: a.test", "www.${«DOM█AIN»:=x}"));
    expect(found).toContain(
      "- flux-system/apps: `a.test` ([clusters/settings.yaml:5](file:///repo/clusters/settings.yaml#L5))",
    );
    expect(found).toContain("- flux-system/more: `b.test` ([clusters/b.yaml:");
  });

  test("Kustomizations of the same name are told apart by their cluster", () => {
    const apps = (cluster: string, domain: string) => `
#- clusters/${cluster}/apps.yaml
${kustomization("apps", "./apps", `  postBuild:\n    substitute: {DOMAIN: ${domain}}\n`)}`;
    const web = `\n#- apps/web.yaml\n${configMap("web", "${DOM█AIN}")}`;
    const found = checkHover(`${apps("one", "a.test")}${apps("two", "b.test")}${web}`);
    expect(found).toContain("- flux-system/apps of clusters/one: `a.test`");
    expect(found).toContain("- flux-system/apps of clusters/two: `b.test`");
  });

  test("not set, and empty", () => {
    const unset = checkHover(files("ConfigMap", "data: {OTHER: a}", "${DOM█AIN}"));
    expect(unset).toContain("flux-system/apps: not set");
    expect(checkHover(files("ConfigMap", "data: {OTHER: a}", "${EMP█TY}"))).toContain(
      "flux-system/more: empty",
    );
  });

  test("values of Secrets are not shown", () => {
    const found = checkHover(files("Secret", "stringData:\n  DOMAIN: hunter2", "${DOM█AIN}"));
    expect(found).toContain("a value of a Secret, not shown");
    expect(found).not.toContain("hunter2");
    const onKey = checkHover(files("Secret", "stringData:\n  DOM█AIN: hunter2", "a"));
    expect(onKey).toContain("not shown");
    expect(onKey).not.toContain("hunter2");
  });

  test("what they hold is shown as code, whatever it is", () => {
    const found = checkHover(
      files("ConfigMap", "data:\n  DOMAIN: '`[a](command:b)`'", "${DOM█AIN}"),
    );
    expect(found).toContain("`` `[a](command:b)` ``");
  });
});

describe("names", () => {
  const files = (name: string) => `
#- clusters/a.yaml
${kustomization("apps", "./apps", `  dependsOn:\n    - name: ${name}\n`)}
#- clusters/b.yaml
${kustomization("infra", "./infra")}
#- apps/a.yaml
a: 1
#- infra/a.yaml
a: 1`;

  test("the object, its namespace and its place", () => {
    const found = checkHover(files("«in█fra»"));
    expect(found).toContain("**Kustomization flux-system/infra**");
    expect(found).toContain("- [clusters/b.yaml:4](file:///repo/clusters/b.yaml#L4)");
  });

  test("with the state of the last simulation", () => {
    const one = cursorCase(files("in█fra"), packs);
    const ref = {
      apiVersion: "v1",
      kind: "Kustomization",
      namespace: "flux-system",
      name: "infra",
    };
    const applier = {
      id: "c|Kustomization/flux-system/infra",
      cluster: "staging",
      ref,
      state: "failed" as const,
      message: "no such *file*",
      path: "infra",
      source: "",
      dependsOn: [],
      objects: 3,
    };
    withTruth(one, {
      target: "working tree",
      clusters: [
        {
          name: "staging",
          appliers: [{ applier, status: "unchanged", changes: [], problems: [] }],
        },
      ],
      problems: [],
      oldProblems: [],
      images: { added: [], removed: [] },
      counts: { created: 0, changed: 0, deleted: 0, moved: 0, orphaned: 0, errors: 0, warnings: 0 },
      stats: {},
    });
    expect(checkHover(one)).toContain("- staging: **failed** (3 objects): `no such *file*`");
  });

  test("what is nowhere, and what is elsewhere", () => {
    expect(checkHover(files("oth█er"))).toMatch(/Nothing in this repository makes it|Not written/);
    const elsewhere = files("in█fra").replace(
      "name: infra\n  namespace: flux-system",
      "name: infra\n  namespace: there",
    );
    expect(checkHover(elsewhere)).toContain("Only in namespace there.");
  });

  test("a path shows what is there", () => {
    const text = kustomization("apps", "«./ap█ps»");
    expect(checkHover(`\n#- a.yaml\n${text}\n#- apps/b.yaml\na: 1`)).toContain("Folder **apps**");
    const others = kustomization("b", "./b") + "---\n" + kustomization("c", "./b");
    const missing = `\n#- a.yaml\n${text}\n#- b.yaml\n${others}\n#- b/a.yaml\na: 1`;
    expect(checkHover(missing)).toContain("There is no apps");
  });
});
