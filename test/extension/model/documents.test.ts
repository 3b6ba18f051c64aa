/** Addresses of rendered objects, which changes a node stands for, and the plan as Markdown. */
import { expect, test } from "vitest";

import { changeAddresses, parseQuery } from "../../../extension/model/object-address.ts";
import { planMarkdown } from "../../../extension/model/plan-markdown.ts";
import { scopedChanges } from "../../../extension/model/scoped-changes.ts";
import { applier, change, folder, plan, problem, viewsOf } from "./plan-builder.ts";

test("the address of each side names the applier that has the object there", () => {
  const moved = change("moved", "Deployment apps/podinfo", {
    from: "production|Kustomization/flux-system/old",
  });
  const { base, target } = changeAddresses(folder, moved);
  expect(base.path).toBe("/production/old/apps/Deployment podinfo.yaml");
  expect(parseQuery(base.query)).toEqual({
    folder,
    applier: "production|Kustomization/flux-system/old",
    object: "apps/v1/Deployment/apps/podinfo",
    side: "base",
  });
  expect(parseQuery(target.query)).toMatchObject({ applier: moved.applier, side: "target" });
});

test("other queries are none", () => {
  expect(parseQuery("")).toBeUndefined();
  expect(parseQuery("[1]")).toBeUndefined();
  expect(parseQuery('{"folder":"f","applier":"a","object":"o","side":"up"}')).toBeUndefined();
});

test("a node stands for the changes below it", () => {
  const [a, b] = [
    change("created", "ConfigMap x/a"),
    change("created", "ConfigMap x/b", { applier: "b" }),
  ];
  const views = viewsOf(
    plan([applier("apps", { changes: [a] }), applier("more", { changes: [b] })]),
  );
  const names = (scope?: Parameters<typeof scopedChanges>[1]) =>
    scopedChanges(views, scope).map(({ change: item }) => item.ref.name);
  expect(names()).toEqual(["a", "b"]);
  expect(names({ kind: "cluster", folder, cluster: "production" })).toEqual(["a", "b"]);
  expect(names({ kind: "cluster", folder, cluster: "staging" })).toEqual([]);
  expect(
    names({
      kind: "applier",
      rendered: true,
      values: false,
      folder,
      applier: "production|Kustomization/flux-system/more",
    }),
  ).toEqual(["b"]);
  expect(names({ kind: "change", folder, change: a })).toEqual(["a"]);
  expect(names({ kind: "folder", folder: "file:///other" })).toEqual([]);
});

test("a plan as Markdown", () => {
  const fields = [
    { path: "/spec/replicas", kind: "changed", before: "1", after: "2" },
    {
      path: "/data/a",
      kind: "changed",
      before: "",
      after: "",
      lines: ["@ 1 line", "-```", "+`b`"],
    },
  ] as const;
  const text = planMarkdown(
    plan([
      applier("apps", { changes: [change("changed", "Deployment apps/podinfo", { fields })] }),
      applier("broken", {
        problems: [problem("no such file", { place: { path: "a.yaml", line: 1 } })],
      }),
      applier("quiet"),
    ]),
  );
  expect(text).toMatchInlineSnapshot(`
    "### Flux plan: HEAD ↔ working tree

    1 change, 1 problem

    #### production

    - **Kustomization flux-system/apps**
      - changed: \`Deployment apps/podinfo\` (2 fields)
        - \`/spec/replicas\`: \`1\` → \`2\`
        - \`/data/a\`:

          \`\`\`\`diff
            … 1 line
          - \`\`\`
          + \`b\`
          \`\`\`\`

    - **Kustomization flux-system/broken**
      - Error: no such file (\`a.yaml:1\`)
    "
  `);
});
