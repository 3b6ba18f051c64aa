/**
 * Compares what a plan says would be deleted with what helm-controller deleted at a later push. Left aside: hooks, which go by
 * their own policies; what was applied again at once; and what only an installation renders, as a plan compares two upgrades.
 */
import type { Plan, RenderedEntry } from "#simulator";
import type { PushExpected } from "./expected.ts";

export function compareDeletes(
  push: PushExpected,
  before: readonly RenderedEntry[],
  plan: Plan,
): readonly string[] {
  const rendered = new Set(before.filter(isOfRelease).map(({ ref }) => title(ref)));
  const hooks = new Set(
    push.releases.flatMap(({ namespace, hooks }) =>
      hooks.map(({ kind, name }) => title({ kind, namespace, name })),
    ),
  );
  const again = new Set(push.objects.map(({ ref }) => title(ref)));
  const expected = push.deletes.filter(
    (one) => rendered.has(one) && !hooks.has(one) && !again.has(one),
  );
  const planned = deletedBy(plan);
  return [
    ...expected.filter((one) => !planned.has(one)).map((one) => `not planned: ${one}`),
    ...[...planned].filter((one) => !expected.includes(one)).map((one) => `not deleted: ${one}`),
  ];
}

function deletedBy(plan: Plan): ReadonlySet<string> {
  const changes = plan.clusters.flatMap(({ appliers }) =>
    appliers
      .filter(({ applier }) => applier.ref.kind === "HelmRelease")
      .flatMap(({ changes }) => changes),
  );
  return new Set(changes.filter(({ kind }) => kind === "deleted").map(({ ref }) => title(ref)));
}

function isOfRelease({ applier }: RenderedEntry): boolean {
  return applier.kind === "HelmRelease";
}

function title(ref: {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}): string {
  return `${ref.kind} ${ref.namespace === "" ? "" : `${ref.namespace}/`}${ref.name}`;
}
