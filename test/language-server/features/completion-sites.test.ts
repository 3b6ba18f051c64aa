/** Completion where something other than keys and names is typed: paths, variables, expressions, new documents, broken texts. */
import { describe, expect, test } from "vitest";
import type { CompletionList, Position } from "vscode-languageserver";

import { completion } from "../../../language-server/features/completion.ts";
import { cluster, kustomization, offered, withSnippets } from "../../support/completion.ts";
import { cursorCase } from "../../support/cursor.ts";
import { shippedPacks } from "../../support/lint.ts";
import { createFileSimulator } from "../file-simulator.ts";
import { connect } from "../lsp-pair.ts";
import { createMemoryHost } from "../memory-host.ts";

describe("paths", () => {
  test("folders of this repository for spec.path", async () => {
    const { labels, take } = await offered(kustomization("  path: ./a█"));
    expect(labels).toEqual(["./apps", "./apps/web", "./clusters/prod"]);
    expect(take("./apps/web")).toEqual(["  path: ./apps/web"]);
  });

  test("no folders when the source is another repository", async () => {
    const source = "  sourceRef:\n    kind: OCIRepository\n    name: podinfo\n";
    expect((await offered(kustomization(`${source}  path: █`))).labels).toEqual([]);
  });

  test("resources that are not listed yet, one level at a time", async () => {
    const here = `${cluster}#- apps/web/kustomization.yaml\nresources:\n  - deployment.yaml\n  - `;
    expect((await offered(`${here}█`)).labels).toEqual(["service.yaml", "../"]);
    expect((await offered(`${here}../../clusters/█`)).labels).toEqual(["../../clusters/prod/"]);
  });
});

describe("variables", () => {
  test("of the Kustomization that applies the file, with its values", async () => {
    const { labels, details, take } = await offered(
      `${cluster}#- apps/web/deployment.yaml\napiVersion: v1\nkind: Pod\nmetadata:\n  name: x-\${D█}-y`,
    );
    expect(labels).toEqual(["DOMAIN", "REGION"]);
    expect(details["DOMAIN"]).toBe("apps: example.org");
    expect(take("REGION")).toEqual(["  name: x-${REGION}-y"]);
  });

  test("names that are used and not set, where variables are set", async () => {
    const file = cluster.replace("      DOMAIN: example.org", "      █");
    const { labels, details } = await offered(file);
    expect(labels).toEqual(["ZONE"]);
    expect(details["ZONE"]).toBe("used, not set");
  });

  test("not behind an escaped dollar sign", async () => {
    const { labels } = await offered(
      `${cluster}#- apps/web/deployment.yaml\napiVersion: v1\nkind: Pod\nmetadata:\n  name: $\${█`,
    );
    expect(labels).toEqual([]);
  });
});

describe("new documents", () => {
  test("a whole object of a Flux kind", async () => {
    const { take } = await offered("\n#- a.yaml\nKus█");
    expect(take("Kustomization").slice(0, 10)).toEqual([
      "apiVersion: kustomize.toolkit.fluxcd.io/v1",
      "kind: Kustomization",
      "metadata:",
      "  name: ${1}",
      "  namespace: ${2:flux-system}",
      "spec:",
      "  interval: ${3:10m}",
      "  path: ${4:./}",
      "  prune: ${5|true,false|}",
      "  sourceRef:",
    ]);
  });

  test("apiVersion and kind fit each other", async () => {
    const versions = await offered("\n#- a.yaml\nkind: HelmRelease\napiVersion: █");
    expect(versions.labels).toContain("helm.toolkit.fluxcd.io/v2");
    expect(versions.labels).not.toContain("v1");
    const kinds = await offered("\n#- a.yaml\napiVersion: apps/v1\nkind: █");
    expect(kinds.labels).toContain("StatefulSet");
    expect(kinds.labels).not.toContain("ConfigMap");
  });
});

describe("expressions", () => {
  test("variables and fields of a dependency", async () => {
    const at = (text: string): string =>
      kustomization(`  dependsOn:\n    - name: apps\n      readyExpr: ${text}`);
    expect((await offered(at("█"))).labels.slice(0, 2)).toEqual(["self", "dep"]);
    const { labels, take } = await offered(at("dep.status.obs█"));
    expect(labels).toContain("observedGeneration");
    expect(take("observedGeneration")).toEqual(["      readyExpr: dep.status.observedGeneration"]);
  });

  test("the variable of a macro has the fields of an element, also in a block", async () => {
    const { labels } = await offered(
      kustomization(
        "  healthCheckExprs:\n    - apiVersion: v1\n      kind: Pod\n      current: >-\n        status.phase == 'x' &&\n        status.conditions.filter(e, e.█",
      ),
    );
    expect(labels).toContain("lastTransitionTime");
  });

  test("what most kinds have, of one that nobody knows", async () => {
    const at = (text: string) =>
      offered(
        kustomization(
          `  healthCheckExprs:\n    - apiVersion: example.test/v1\n      kind: Thing\n      current: ${text}`,
        ),
      );
    expect((await at("status.█")).labels).toEqual(["conditions", "observedGeneration"]);
    expect((await at("status.conditions.filter(e, e.█")).labels).toContain("reason");
    expect((await at("data.█")).labels).toContain("filter");
  });
});

test("nothing anywhere in hostile texts makes it fail", async () => {
  const packs = await shippedPacks();
  const texts = [
    kustomization(
      "  patches:\n    - patch: |\n        - op: add\n          path: /a\n      target: {kind: [,\n",
    ),
    "#- a.yaml\n- - - a: [{b: {c: 'x\n\t- : :\n? x\n  : y\n&a *b !!c |\n  x\n",
    '#- a.yaml\r\nkind: "\r\napiVersion: {{{\r\n<<: *x\r\n- |\r\n#\r\n',
  ];
  for (const text of texts) {
    const { folder, path } = cursorCase(text, packs);
    const whole = folder.model.manifest(path)?.text ?? "";
    const { signal } = new AbortController();
    for (const position of positionsIn(whole)) {
      const { items } = completion(withSnippets, folder, path, { position }, signal);
      const lines = items.map(({ textEdit }) =>
        textEdit && "range" in textEdit ? textEdit.range.start.line : -1,
      );
      expect(lines.every((line) => line === position.line)).toBe(true);
    }
  }
});

function positionsIn(text: string): readonly Position[] {
  return text
    .split("\n")
    .flatMap((content, line) =>
      Array.from({ length: content.length + 1 }, (_, character) => ({ line, character })),
    );
}

test("over the wire, in a text that is being typed", async () => {
  const simulator = createFileSimulator();
  const host = createMemoryHost({ root: "file:///repo", disk: { "a.yaml": "" }, simulator });
  const client = await connect(host, { root: "file:///repo" });
  await client.next("ready");
  await client.open("file:///repo/a.yaml", "ki");
  const answer = await client.connection.sendRequest("textDocument/completion", {
    textDocument: { uri: "file:///repo/a.yaml" },
    position: { line: 0, character: 2 },
  });
  await client.stop();
  expect((answer as CompletionList).items.map(({ label }) => label)).toContain("kind");
});
