/** What a plan against a cluster says in every format: how it is known, what drifted, what is missing. */
import { expect, test } from "vitest";

import type { Plan } from "#simulator";

import { applier, change, emptyPlan, sluice } from "../records.ts";

const plan: Plan = {
  ...emptyPlan,
  base: "production",
  live: {
    context: "production",
    known: { "dry-run": 12, structural: 1, repository: 0, unanswered: 2 },
    partial: "the connection was lost.",
    taken: ["ConfigMap/flux-system/vars", "kubeVersion v1.36.1"],
  },
  clusters: [
    {
      name: "clusters/staging",
      appliers: [
        {
          applier: applier("apps"),
          status: "unchanged",
          changes: [
            change("recreated", "Job/default/once", {
              known: "dry-run",
              fields: [{ path: "/spec/x", kind: "changed", before: "1", after: "2" }],
            }),
            change("changed", "Deployment/default/web", {
              known: "structural",
              restarts: true,
              takesFrom: ["kubectl-edit", "hpa"],
              drift: [{ path: "/spec/replicas", kind: "changed", before: "5", after: "1" }],
            }),
            change("created", "Job/default/hook", { known: "dry-run", hook: ["pre-upgrade"] }),
          ],
          drifted: [
            {
              ref: { apiVersion: "v1", kind: "Service", namespace: "default", name: "web" },
              fields: [
                { path: "/spec/type", kind: "changed", before: '"NodePort"', after: '"ClusterIP"' },
              ],
            },
          ],
          problems: [],
        },
      ],
    },
  ],
  counts: { ...emptyPlan.counts, changed: 1, created: 1, recreated: 1 },
};

test("text", async () => {
  const { stdout, code } = await sluice(["diff"], { plan });
  expect(code).toBe(1);
  expect(stdout).toMatchInlineSnapshot(`
    "production → working tree
    Only a part: the connection was lost.

    Cluster clusters/staging
      Kustomization flux-system/apps  apps
        ± Job default/once, deleted and created again
            spec.x: 1 → 2
        ~ Deployment default/web, restarts its pods, takes fields from kubectl-edit, hpa, 1 field drifted, by its fields, without a dry run
            drifted spec.replicas: 5 on the cluster, 1 in the release
        + Job default/hook, hook pre-upgrade
        Service default/web drifted, not corrected: spec.type: "NodePort" on the cluster, "ClusterIP" in the release

    Cluster
      production: 12 by dry run, 1 by their fields, 2 not answered
      taken from it: ConfigMap/flux-system/vars
      taken from it: kubeVersion v1.36.1

    1 created, 1 changed, 1 recreated.
    "
  `);
});

test("Markdown", async () => {
  const { stdout } = await sluice(["diff", "-o", "markdown"], { plan });
  expect(stdout).toMatchInlineSnapshot(`
    "<!-- sluice -->
    ### Sluice: 1 created, 1 changed, 1 recreated.

    \`production\` → \`working tree\`

    #### Cluster

    \`\`\`text
    Only a part: the connection was lost.
    production: 12 by dry run, 1 by their fields, 2 not answered
    taken from the cluster: ConfigMap/flux-system/vars
    taken from the cluster: kubeVersion v1.36.1
    \`\`\`

    | Cluster | Applier | Created | Changed | Recreated | Deleted | Moved | Kept | Problems |
    | --- | --- | --: | --: | --: | --: | --: | --: | --: |
    | \`clusters/staging\` | \`Kustomization flux-system/apps\` | 1 | 1 | 1 |  |  |  |  |

    <details>
    <summary><code>clusters/staging · Kustomization flux-system/apps</code> 3 changes</summary>

    \`\`\`diff
    ! Job default/once, deleted and created again
    -     spec.x: 1
    +     spec.x: 2
    ! Deployment default/web, restarts its pods, takes fields from kubectl-edit, hpa, 1 field drifted, by its fields, without a dry run
    #     drifted spec.replicas: 5 on the cluster, 1 in the release
    + Job default/hook, hook pre-upgrade
    # Service default/web drifted, not corrected: spec.type: "NodePort" on the cluster, "ClusterIP" in the release
    \`\`\`

    </details>
    "
  `);
});

test("JUnit and SARIF do not look green when something is missing", async () => {
  const junit = (await sluice(["diff", "-o", "junit"], { plan })).stdout;
  expect(junit).toContain(
    '<failure type="partial" message="Only a part: the connection was lost.">',
  );
  expect(junit).toContain("recreated Job default/once, deleted and created again");
  const sarif = JSON.parse((await sluice(["diff", "-o", "sarif"], { plan })).stdout) as {
    readonly runs: readonly { readonly invocations: readonly unknown[] }[];
  };
  expect(sarif.runs[0]?.invocations[0]).toMatchObject({ executionSuccessful: false });
});

test("what was not asked is nothing to pass a gate with", async () => {
  const unknown: Plan = { ...plan, clusters: [], counts: emptyPlan.counts };
  for (const gate of ["change", "error", "risk"])
    expect((await sluice(["diff", "--fail-on", gate], { plan: unknown })).code).toBe(1);
});
