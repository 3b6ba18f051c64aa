/** Sluice's rules on a file after each edit, in this process. */
import type { Packs } from "../language-server/lint.ts";
import { ModelStore } from "../language-server/model/model-store.ts";
import { checkFile } from "../language-server/rules/check-file.ts";
import { defaultRuleSettings } from "../language-server/rules/suppression.ts";
import { createCatalog } from "../language-server/schema/create-catalog.ts";
import type { Check } from "./lsp-turns.ts";

export function sluiceCheck(packs: Packs): Check {
  const store = new ModelStore();
  store.setSchemas((options, workspace) => createCatalog(packs, { ...options, workspace }));
  return (text) => {
    store.setText("a.yaml", text);
    checkFile(store.current, "a.yaml", defaultRuleSettings, (rule, _path, error) => {
      throw new Error(rule, { cause: error });
    });
  };
}
