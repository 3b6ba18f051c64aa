// Makes the repository that `npm run demo` shows: a copy of examples/ with one commit and edits that are not committed.
// examples/README.md lists the edits for readers.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { copyAsRepository } from "./repository-copy.mjs";

const policy = "infrastructure/configs/network-policies.yaml";

/** Each edit replaces text in a file, writes a file, or removes one. */
const edits = [
  { file: "clusters/production/apps.yaml", replace: "newTag: 6.9.0", by: "newTag: 6.9.4" },
  { file: "clusters/production/settings.yaml", replace: 'replicas: "2"', by: 'replicas: "3"' },
  {
    file: "apps/base/podinfo/ingress.yaml",
    replace: "ingressClassName: traefik",
    by: "ingressClassName: ${ingress_class}",
  },
  { file: "charts/web/Chart.yaml", replace: "version: 0.4.0", by: "version: 0.5.0" },
  { file: "charts/web/values.yaml", replace: "memory: 64Mi", by: "memory: 96Mi" },
  { file: "charts/web/values.yaml", replace: "  title: Untitled\n", by: "" },
  {
    file: "infrastructure/controllers/status-page.yaml",
    replace: "    page:\n      title: Is it up?\n",
    by: "    page:\n      refresh: 10\n",
  },
  { file: "infrastructure/controllers/mail-relay.yaml", replace: "1.9.0", by: "1.9.1" },
  { file: "apps/base/orders/network-policy.yaml", copy: policy },
  { file: policy, remove: true },
  {
    file: "infrastructure/configs/kustomization.yaml",
    replace: "  - network-policies.yaml\n",
    by: "",
  },
  { file: "apps/base/orders/nightly-report.yaml", remove: true },
  {
    file: "apps/base/orders/kustomization.yaml",
    replace: "  - nightly-report.yaml\n",
    by: "  - disruption-budget.yaml\n  - network-policy.yaml\n",
  },
  {
    file: "apps/base/orders/disruption-budget.yaml",
    text: `apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: orders
spec:
  maxUnavailable: 1
  selector:
    matchLabels:
      app: orders
`,
  },
];

export async function makeDemoRepository(examples, target) {
  mkdirSync(dirname(target), { recursive: true });
  await copyAsRepository(examples, target, { message: "A small platform" });
  edits.forEach((edit) => apply(edit, target));
}

function apply(edit, folder) {
  const path = join(folder, edit.file);
  if (edit.remove) {
    rmSync(path);
  } else if (edit.copy !== undefined) {
    writeFileSync(path, readFileSync(join(folder, edit.copy)));
  } else if (edit.text !== undefined) {
    writeFileSync(path, edit.text);
  } else {
    const before = readFileSync(path, "utf8");
    if (!before.includes(edit.replace)) {
      throw new Error(
        `the example changed: ${edit.file} no longer contains ${JSON.stringify(edit.replace)}`,
      );
    }
    writeFileSync(
      path,
      before.replace(edit.replace, () => edit.by),
    );
  }
}
