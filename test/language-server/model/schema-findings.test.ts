/** What the schema says stays said while something else is edited, although the nodes that nothing was found in are not looked at again. */
import { expect, test } from "vitest";

import { ModelStore } from "../../../language-server/model/model-store.ts";
import { checkFile } from "../../../language-server/rules/check-file.ts";
import { defaultRuleSettings } from "../../../language-server/rules/suppression.ts";
import { createCatalog } from "../../../language-server/schema/create-catalog.ts";
import { shippedPacks } from "../../support/lint.ts";

const service = (above: string, port: string, below: string): string => `apiVersion: v1
kind: Service
metadata:
  name: a
  namespace: b
  labels:
    above: ${above}
spec:
  ports:
    - name: http
      port: ${port}
  selector:
    below: ${below}
`;

test("edits above, below and inside of a mistake", async () => {
  const packs = await shippedPacks();
  const store = new ModelStore();
  store.setSchemas((options, workspace) => createCatalog(packs, { ...options, workspace }));
  const found = (text: string): readonly string[] => {
    store.setText("a.yaml", text);
    return checkFile(store.current, "a.yaml", defaultRuleSettings, (rule, _path, error) => {
      throw new Error(rule, { cause: error });
    }).map(({ code, range }) => `${code} ${range.start.line}`);
  };
  const wrong = ["k8s/schema/type 10"];
  expect(found(service("a", "80", "a"))).toEqual([]);
  expect(found(service("a", "80a", "a"))).toEqual(wrong);
  expect(found(service("ab", "80a", "a"))).toEqual(wrong);
  expect(found(service("ab", "80a", "ab"))).toEqual(wrong);
  expect(found(service("b", "80a", "ab"))).toEqual(wrong);
  expect(found(service("b", "80a", "5"))).toEqual([...wrong, "k8s/schema/type 12"]);
  expect(found(service("b", "81", "5"))).toEqual(["k8s/schema/type 12"]);
  expect(found(service("b", "81", "c"))).toEqual([]);
});
