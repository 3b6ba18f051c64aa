/** Lines that hold values. */
import { expect, test } from "vitest";

import { isValueLine } from "../../../extension/model/value-line.ts";

const text = `kind: HelmRelease
metadata:
  name: web
spec:
  interval: 1h
  values:
    image:
      # the tag
      tag: v1

    list:
      - name: a
---
kind: ConfigMap
data:
  key: value
---
kind: Deployment
spec:
  template:
    values: 1
`;

test("values of a release and keys of data, and nothing else", () => {
  const lines = text.split("\n");
  const found = lines.filter((_, line) => isValueLine((at) => lines[at] ?? "", line));
  expect(found.map((line) => line.trim())).toEqual([
    "image:",
    "tag: v1",
    "list:",
    "- name: a",
    "key: value",
  ]);
});
