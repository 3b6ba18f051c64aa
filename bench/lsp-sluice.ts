/** Sluice's rules on a file after each edit, in this process. */
import type { Packs } from "../language-server/lint.ts";
import { ModelStore } from "../language-server/model/model-store.ts";
import { checkFile } from "../language-server/rules/check-file.ts";
import { defaultRuleSettings } from "../language-server/rules/suppression.ts";
import { createCatalog } from "../language-server/schema/create-catalog.ts";
import { editedAt } from "./lsp-documents.ts";
import type { Series } from "./statistics.ts";
import { series } from "./statistics.ts";

export function measureRevalidation(text: string, packs: Packs, edits: number): Series {
  const store = new ModelStore();
  store.setSchemas((options, workspace) => createCatalog(packs, { ...options, workspace }));
  const times: number[] = [];
  for (let round = 0; round < edits + 10; round++) {
    const { offset, insert } = editedAt(text, round);
    const next = text.slice(0, offset) + insert + text.slice(offset);
    const started = performance.now();
    store.setText("a.yaml", next);
    checkFile(store.current, "a.yaml", defaultRuleSettings, (rule, _path, error) => {
      throw new Error(rule, { cause: error });
    });
    if (round >= 10) times.push(performance.now() - started);
  }
  return series(times);
}
