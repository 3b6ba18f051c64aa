/** After any edits the diagnoses are those of a fresh start; nothing that is remembered is stale, and nothing throws. */
import { existsSync, readdirSync, readFileSync } from "node:fs";

import fc from "fast-check";
import { expect, test } from "vitest";

import { shippedPacks } from "../../support/lint.ts";
import type { Edit } from "../../support/lint-edits.ts";
import { EditedWorkspace, insertions } from "../../support/lint-edits.ts";
import { parseCases } from "../../support/markers.ts";

/** One workspace out of many cases, each in its own folder. */
function workspace(): Readonly<Record<string, string>> {
  const folder = "test/language-server/rules/cases";
  const sheets = [
    "flux-var-undefined",
    "flux-ref-namespace",
    "flux-depends-on-cycle",
    "k8s-schema",
    "kustomize-patch-no-target",
  ];
  expect(existsSync(folder) && readdirSync(folder).length).toBeGreaterThan(40);
  return Object.fromEntries(
    sheets.flatMap((sheet) =>
      parseCases(readFileSync(`${folder}/${sheet}.cases`, "utf8"))
        .slice(0, 4)
        .flatMap(({ files }, at) =>
          files.map(({ path, text }) => [`${sheet}/${at}/${path}`, text]),
        ),
    ),
  );
}

test("edits one after another give what a fresh start gives", async () => {
  const packs = await shippedPacks();
  const texts = workspace();
  const paths = Object.keys(texts).filter((path) => path.endsWith(".yaml"));
  const edit: fc.Arbitrary<Edit> = fc.record({
    path: fc.constantFrom(...paths),
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    remove: fc.nat({ max: 12 }),
    insert: fc.constantFrom(...insertions),
  });
  fc.assert(
    fc.property(fc.array(edit, { minLength: 1, maxLength: 12 }), (edits) => {
      const edited = new EditedWorkspace(texts, packs);
      edited.stepwise(paths);
      for (const [at, one] of edits.entries()) {
        edited.apply(one);
        // Now and then nobody asks between two edits, as when somebody types quickly.
        if (at % 3 !== 1) edited.stepwise([one.path]);
      }
      expect(edited.stepwise(paths)).toBe(edited.fromScratch(paths));
    }),
    { numRuns: 15, seed: 20261121 },
  );
});
