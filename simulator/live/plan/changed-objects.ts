/** The changes of a cluster as people see them, with what the cluster did not answer taken from the repository. */
import { objectId } from "../../flux/object-ref.ts";
import type { ChangedObject } from "../../plan/risks/rule.ts";
import type { ApplierRecord, Change } from "../../records.ts";
import type { Bench } from "./bench.ts";
import { comparable } from "./comparable.ts";
import { deletedHalfway, withoutUnreached } from "./ledger.ts";
import { joinMoves } from "./moves.ts";
import { immutableFields } from "./shown-change.ts";

/** In a stable order. `failed`: records of appliers that fail, wait, or are not reached. */
export async function changedObjects(
  bench: Bench,
  failed: ReadonlyMap<string, ApplierRecord>,
): Promise<readonly ChangedObject[]> {
  const { survey, shower } = bench;
  const raw = [...survey.ledgers].flatMap(([id, ledger]) => {
    const state = failed.get(id)?.state;
    // Of those that stay as they are nobody rendered what they are.
    if (state === "blocked" || state === "unknown") return [];
    return withoutUnreached(ledger, survey.subjects.get(id)?.node.spec.kind !== "HelmRelease");
  });
  const shown = await Promise.all(
    joinMoves(raw, survey.remotes).map(async (change) => {
      const made = await shower.show(change);
      return change.known === "dry-run" ? { ...made, isAsked: true } : made;
    }),
  );
  return [...shown, ...fromRepository(bench)].sort((a, b) => compare(a.change.id, b.change.id));
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** What two states of the repository say about objects that the cluster said nothing about. */
function fromRepository({ survey, context }: Bench): readonly ChangedObject[] {
  const { repository } = context;
  if (repository === undefined) return [];
  const open = new Set(
    [...survey.ledgers].flatMap(([id, { unanswered }]) =>
      unanswered.map(({ item }) => `${id}|${objectId(item.ref)}`),
    ),
  );
  return repository.clusters.flatMap(({ appliers }) =>
    appliers.flatMap(({ changes }) =>
      changes
        .filter(({ id }) => open.has(id))
        .map(
          (change) => ({ change: { ...change, known: "repository" }, isPruned: false }) as const,
        ),
    ),
  );
}

/** Changes that will not be made because the server refuses them: risks say more about them than the problem does. */
export async function refusedObjects(bench: Bench): Promise<readonly ChangedObject[]> {
  const { survey, shower } = bench;
  const halfway = [...survey.ledgers].flatMap(([id, ledger]) =>
    survey.subjects.get(id)?.node.spec.kind === "HelmRelease" ? [] : deletedHalfway(ledger),
  );
  const deleted = halfway.map(async (change) => ({
    ...(await shower.show(change)),
    isHalfway: true,
  }));
  const found = [...survey.ledgers].flatMap(([applier, { refused }]) =>
    refused
      .filter(({ isImmutable, lostFor }) => isImmutable && lostFor === undefined)
      .map(async ({ item, base, target, message }): Promise<ChangedObject> => {
        const origin = await shower.origin(item, applier);
        const change: Change = {
          kind: "changed",
          id: `${applier}|${objectId(item.ref)}`,
          ref: item.ref,
          applier,
          fields: [],
          known: "dry-run",
          ...(origin === undefined ? {} : { origin }),
        };
        return {
          change,
          ...(base === undefined ? {} : { base: await shower.side(base, item, applier) }),
          target: await shower.side(comparable(target), item, applier),
          isPruned: false,
          refusedFor: immutableFields(message),
        };
      }),
  );
  return Promise.all([...deleted, ...found]);
}
